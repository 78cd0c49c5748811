package io.quotaguard.testing;

import io.quotaguard.model.Grant;
import io.quotaguard.model.Overage;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Subscription.Start;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One public call, or a move of the clock, in a random sequence. Immutable.
 *
 * <p>A step names what it is about by subject, feature and key, whatever came of the steps before: so each part of a
 * sequence is a sequence too, and what fails can be made shorter.
 */
sealed interface Step {
    /** A subject, a feature and an amount. */
    record Item(String subject, String feature, long amount) {
        @Override
        public String toString() {
            return amount + " of " + subject + "/" + feature;
        }
    }

    /** The name of a use: one that was charged, or is held, or neither. */
    record Named(String subject, String feature, String key) {
        @Override
        public String toString() {
            return subject + "/" + feature + " " + key;
        }
    }

    /** How the work ends that is done within a reservation. */
    enum Ending {
        RETURNS,
        THROWS,
        /** It takes just as long as the reservation lasts. */
        TAKES_TOO_LONG
    }

    /** A step that a second guard takes, which learns of the first one's changes from the store alone. */
    record Elsewhere(Step step) implements Step {
        @Override
        public String kind() {
            return step.kind();
        }

        @Override
        public List<String> subjects() {
            return step.subjects();
        }
    }

    record Use(List<Item> items, String key) implements Step {
        @Override
        public List<String> subjects() {
            return items.stream().map(Item::subject).distinct().toList();
        }
    }

    record Check(Item item) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(item.subject());
        }
    }

    record UpTo(Item item, String key) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(item.subject());
        }
    }

    /** Independent uses, each with a key of its own. */
    record Each(List<Item> items, List<String> keys) implements Step {
        @Override
        public List<String> subjects() {
            return items.stream().map(Item::subject).distinct().toList();
        }
    }

    record Hold(Item item, String key, Duration ttl) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(item.subject());
        }
    }

    record Call(Item item, String key, Duration ttl, Ending ending) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(item.subject());
        }
    }

    /**
     * Ends or moves on what is held.
     *
     * @param resumed whether a second guard does so, which knows no more than its id
     */
    record Settle(Named held, Settling how, boolean resumed) implements Step {
        @Override
        public String kind() {
            if (how instanceof Commit commit) {
                return commit.more() ? "CommitMore" : commit.units() == null ? "Commit" : "CommitPart";
            }
            return how.getClass().getSimpleName();
        }

        @Override
        public List<String> subjects() {
            return List.of(held.subject());
        }
    }

    /** What is done with a reservation. */
    sealed interface Settling {}

    /** Null units are all that is held. */
    record Commit(@Nullable Long units, boolean more) implements Settling {}

    record Release() implements Settling {}

    /** The end of a try-with-resources block. */
    record Close() implements Settling {}

    record Extend(Duration ttl) implements Settling {}

    /** Only looks. */
    record Find() implements Settling {}

    record Correct(Named use, long units, boolean absolute, String key) implements Step {
        @Override
        public String kind() {
            return absolute ? "CorrectTo" : "CorrectBy";
        }

        @Override
        public List<String> subjects() {
            return List.of(use.subject());
        }
    }

    record Reset(String subject, String feature, String key) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    /**
     * Gives a grant.
     *
     * @param label what a later step calls it
     * @param key the request key, or null for none
     */
    record Give(String label, Grant grant, @Nullable String key) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(grant.subject());
        }

        @Override
        public String toString() {
            return "Give[" + label + ", " + grant.amount() + " of " + grant.subject() + "/" + grant.feature()
                    + ", priority " + grant.priority() + ", from " + grant.effectiveAt() + " until "
                    + grant.expiresAt() + ", key " + key + "]";
        }
    }

    record TakeBack(String label, String subject) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    /** A null pool leaves. */
    record Join(String member, @Nullable String pool) implements Step {
        @Override
        public String kind() {
            return pool == null ? "Leave" : "Join";
        }

        @Override
        public List<String> subjects() {
            return pool == null ? List.of(member) : List.of(member, pool);
        }
    }

    /** A null zone leaves the windows as they are. */
    record Subscribe(String subject, String plan, @Nullable ZoneId zone) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    record Pin(String subject, String plan) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    /** A null start lets the limits decide. */
    record ChangePlan(String subject, String plan, @Nullable Start start) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    record Overriding(
            String subject,
            String feature,
            @Nullable Long units,
            @Nullable Overage overage,
            @Nullable Instant until) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    record RemoveOverride(String subject, String feature) implements Step {
        @Override
        public List<String> subjects() {
            return List.of(subject);
        }
    }

    /** Sets the terms of one feature of a plan, and whether the plan is active. */
    record EditPlan(String plan, PlanFeature terms, boolean active) implements Step {
        @Override
        public String toString() {
            return "EditPlan[" + plan + (active ? "" : " inactive") + ": " + terms.limit() + " " + terms.feature()
                    + ", overage " + terms.overage() + ", draws " + terms.draw() + "]";
        }
    }

    record SetDefault(@Nullable String plan) implements Step {}

    /** Moves the clock; never back. */
    record MoveTo(Instant instant) implements Step {}

    /** Reads what a subject has: its overview, its grants, its alerts and its ledger. */
    record Look(String subject) implements Step {}

    /** Reads what a pool's members share. */
    record LookAtPool(String pool) implements Step {}

    /** Reads the sums and the forecast. */
    record LookAtNumbers(String subject, String feature, Instant from, Instant to) implements Step {}

    /** Returns the kind of command; two of one kind differ in their values only. */
    default String kind() {
        return getClass().getSimpleName();
    }

    /** Returns whom it is about; none when it is about everyone. */
    default List<String> subjects() {
        return List.of();
    }

    /** Tells whether it only reads, for this test's own sake. */
    default boolean isLook() {
        return this instanceof Look || this instanceof LookAtPool || this instanceof LookAtNumbers;
    }

    /** Whoever can take steps and say what came of each: a store behind its guard, or a model of one. */
    interface Player {
        String play(Step step);
    }
}
