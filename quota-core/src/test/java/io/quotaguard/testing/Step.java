package io.quotaguard.testing;

import io.quotaguard.model.Subscription.Start;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One public call, or a move of the clock, in a random sequence. Immutable. */
sealed interface Step {
    /** A subject, a feature and an amount. */
    record Item(String subject, String feature, long amount) {}

    record Use(List<Item> items, String key) implements Step {}

    record Check(Item item) implements Step {}

    record Reset(String subject, String feature, String key) implements Step {}

    record Subscribe(String subject, String plan) implements Step {}

    record Pin(String subject, String plan) implements Step {}

    /** A null start lets the limits decide. */
    record ChangePlan(String subject, String plan, @Nullable Start start) implements Step {}

    record Overriding(
            String subject,
            String feature,
            long units,
            @Nullable Instant until) implements Step {}

    record RemoveOverride(String subject, String feature) implements Step {}

    /** Sets the limit of one feature that the plan has, and whether the plan is active. */
    record EditPlan(String plan, String feature, long units, boolean active) implements Step {}

    record SetDefault(@Nullable String plan) implements Step {}

    record MoveTo(Instant instant) implements Step {}

    /** Reads what a subject has: its overview, its alerts and its ledger. */
    record Look(String subject) implements Step {}

    /** Whoever can take steps and say what came of each: a store behind its guard, or a model of one. */
    interface Player {
        String play(Step step);
    }
}
