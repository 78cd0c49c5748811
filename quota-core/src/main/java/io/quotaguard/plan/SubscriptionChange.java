package io.quotaguard.plan;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One step of a subject's subscription, from what the catalog holds to the next phase. */
final class SubscriptionChange {
    private final SubjectCatalog found;
    private final Instant now;

    SubscriptionChange(SubjectCatalog found, Instant now) {
        this.found = found;
        this.now = now;
    }

    /** Returns when {@code plan} should take over: at once, unless it lowers or drops something in force now (R21). */
    Start startFor(Plan plan) {
        for (String feature : knownFeatures()) {
            Entitlement before = EntitlementResolver.resolve(found, feature, now);
            PlanFeature after = plan.features().get(feature);
            boolean had = before.standing() == Standing.GRANTED;
            if (had && (after == null || after.limit().isBelow(before.limit()))) {
                return Start.AT_WINDOW_END;
            }
        }
        return Start.NOW;
    }

    /** Returns the subscription with {@code next} as its last phase. */
    Subscription to(Phase next, Plan plan, @Nullable Anchor anchor) {
        Subscription before = found.subscription();
        if (before == null) {
            return Subscription.to(found.subject(), next, firstCadence(anchor));
        }
        Cadence cadence =
                anchor == null ? before.cadence() : before.cadence().changedTo(anchor, latest(before.cadence()));
        if (next.start() == Start.NOW) {
            return Subscription.to(found.subject(), next, cadence);
        }
        return shortest(before.then(next), plan).withCadence(cadence);
    }

    /** A subject that a default plan served has windows already, which the anchor must not cut anew (R17, R22). */
    private Cadence firstCadence(@Nullable Anchor anchor) {
        if (anchor == null) {
            return Cadence.DEFAULT;
        }
        boolean served = found.defaultPlan().plan() != null;
        return served ? Cadence.DEFAULT.changedTo(anchor, now) : Cadence.of(anchor);
    }

    /** Leaves out phases that no feature needs any more, so that a subscription does not grow with its age. */
    private Subscription shortest(Subscription full, Plan plan) {
        SubjectCatalog after = found.withSubscription(full, plan, plan);
        Set<String> features = knownFeatures();
        features.addAll(plan.features().keySet());
        Set<Phase> needed = new HashSet<>();
        for (String feature : features) {
            needed.addAll(PlanTimeline.of(after, full, feature).phasesFrom(now));
        }
        List<Phase> phases = full.phases().stream().filter(needed::contains).toList();
        Subscription shorter = new Subscription(full.subject(), phases, full.cadence());
        boolean same = features.stream()
                .allMatch(feature -> PlanTimeline.of(after, full, feature)
                        .agreesFrom(now, PlanTimeline.of(after, shorter, feature)));
        return same ? shorter : full;
    }

    private Set<String> knownFeatures() {
        Set<String> features = new HashSet<>();
        found.plans().values().forEach(plan -> features.addAll(plan.features().keySet()));
        found.pinned().forEach(plan -> features.addAll(plan.features().keySet()));
        return features;
    }

    /** A node whose estimate of the store's clock is behind must not put a change before an earlier one. */
    private Instant latest(Cadence cadence) {
        int count = cadence.changes().size();
        Instant last = count == 0 ? now : cadence.changes().get(count - 1).at();
        return last.isAfter(now) ? last : now;
    }
}
