package io.quotaguard.testing;

import io.quotaguard.model.Grant;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Subscription.Start;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Draws the changes of a sequence's catalog: plans, overrides, grants and pools. */
final class StepChanges {
    private static final List<Overage> OVERAGES =
            List.of(Overage.HARD, Overage.upTo(1), Overage.upTo(3), Overage.upToPercent(50), Overage.SOFT);

    private static final ZoneId ABROAD = ZoneId.of("Asia/Shanghai");

    private final StepNames names;
    private final StepTimes times;
    private final List<Plan> plans;
    private final List<String> grants = new ArrayList<>();

    StepChanges(StepNames names, StepTimes times, List<Plan> plans) {
        this.names = names;
        this.times = times;
        this.plans = plans;
    }

    /** Subscribers, one of them often abroad, and often a pool or two. */
    List<Step> beginning() {
        List<Step> steps = new ArrayList<>();
        String ann = names.name("ann");
        String bob = names.name("bob");
        String team = names.name("team");
        String org = names.name("org");
        steps.add(new Step.Subscribe(ann, names.name("free"), null));
        if (names.isHot(bob) || names.oneOf(4)) {
            steps.add(new Step.Subscribe(bob, names.name("free"), names.oneOf(2) ? ABROAD : null));
        }
        if (names.isHot(team) || names.oneOf(2)) {
            steps.add(new Step.Subscribe(team, names.name("crew"), null));
            steps.add(new Step.Join(ann, team));
        }
        if (names.oneOf(3)) {
            steps.add(new Step.Join(bob, team));
        }
        if (names.isHot(org) || names.oneOf(5)) {
            steps.add(new Step.Subscribe(org, names.name("pro"), null));
            steps.add(new Step.Join(team, org));
        }
        if (names.oneOf(2)) {
            // Little room makes holds, grants and overage meet.
            long units = 1L + names.below(4);
            steps.add(new Step.Overriding(names.subject(), names.feature(), units, null, null));
        }
        return steps;
    }

    Step membership() {
        return new Step.Join(names.pick(names.subjects()), names.oneOf(3) ? null : names.pick(names.subjects()));
    }

    Step grant() {
        if (names.oneOf(4) && !grants.isEmpty()) {
            return new Step.TakeBack(names.pick(grants), names.subject());
        }
        String label = "grant-" + grants.size();
        grants.add(label);
        Grant grant =
                Grant.of(names.subject(), names.feature(), 1L + names.below(6)).priority(names.below(3));
        if (names.oneOf(3)) {
            grant = grant.from(times.soon());
        }
        Instant from = grant.effectiveAt();
        Instant until = times.soon();
        if (names.oneOf(2) && (from == null || from.isBefore(until))) {
            grant = grant.until(until);
        }
        // Request keys are the catalog's, which other sequences share.
        return new Step.Give(label, grant, names.oneOf(3) ? names.name(names.key()) : null);
    }

    Step terms() {
        int dice = names.below(16);
        String plan = names.pick(plans).code();
        if (dice < 3) {
            return new Step.ChangePlan(names.subject(), plan, names.pick(List.of(Start.values())));
        } else if (dice < 5) {
            return new Step.ChangePlan(names.subject(), plan, null);
        } else if (dice < 6) {
            return new Step.Pin(names.subject(), plan);
        } else if (dice < 7) {
            return new Step.Subscribe(names.subject(), plan, null);
        } else if (dice < 10) {
            return override();
        } else if (dice < 11) {
            return new Step.RemoveOverride(names.subject(), names.feature());
        } else if (dice < 15) {
            return edit(names.pick(plans));
        }
        return new Step.SetDefault(names.oneOf(3) ? null : plan);
    }

    private Step override() {
        Overage overage = names.oneOf(3) ? names.pick(OVERAGES) : null;
        Long units = overage != null && names.oneOf(2) ? null : names.limit();
        return new Step.Overriding(names.subject(), names.feature(), units, overage, until());
    }

    private @Nullable Instant until() {
        return names.oneOf(2) ? null : times.soon();
    }

    private Step edit(Plan plan) {
        String feature = names.pick(plan.features().keySet().stream().sorted().toList());
        PlanFeature terms = SequencePlans.feature(feature, names.limit()).overage(names.pick(OVERAGES));
        if (SequencePlans.PAID.contains(feature) && !names.oneOf(3)) {
            terms = terms.drawing(1L + names.below(3), SequencePlans.CREDITS);
        }
        return new Step.EditPlan(plan.code(), terms, !names.oneOf(6));
    }
}
