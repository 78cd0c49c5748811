package io.quotaguard.plan;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One step of a subject's subscription, from what the catalog holds to what it shall hold. */
final class SubscriptionChange {
    private final SubjectCatalog found;
    private final Instant now;

    /** The step as of {@code now}, from a catalog that holds the plans which the step names. */
    SubscriptionChange(SubjectCatalog found, Instant now) {
        this.found = found;
        this.now = now;
    }

    /** Returns when {@code plan} should take over: at once, unless it lowers or drops something in force now (R21). */
    Start startFor(Plan plan) {
        for (String feature : found.features()) {
            Entitlement before = EntitlementResolver.resolve(found, feature, now);
            PlanFeature after = plan.features().get(feature);
            boolean had = before.standing() == Standing.GRANTED;
            if (had && (after == null || isLower(after, before))) {
                return Start.AT_WINDOW_END;
            }
        }
        return Start.NOW;
    }

    private static boolean isLower(PlanFeature after, Entitlement before) {
        Limit ceiling = before.overage().ceiling(before.limit());
        return after.limit().isBelow(before.limit())
                || after.overage().ceiling(after.limit()).isBelow(ceiling);
    }

    /** Returns a new subscription, in the place of the one there was; the windows go on (R20). */
    Subscription bought(Phase first, Term term, @Nullable Anchor anchor) {
        Cadence cadence = cadence(anchor);
        Subscription bought = Subscription.to(found.subject(), first, term, cadence);
        if (term.cycle() == null || term.kind() != Term.Kind.FIXED) {
            return bought;
        }
        return bought.withTerm(term.endingAt(term.cycle().endOf(1, bought.startedAt(), bought.zone())));
    }

    /** Returns the subscription with {@code next} as its last phase; its term goes on. */
    Subscription to(Phase next, Subscription before) {
        if (next.start() == Start.NOW) {
            return before.withPhases(List.of(next));
        }
        return shortest(before.then(next));
    }

    /** Returns how the subject's windows are cut when {@code anchor} is wished for, or as they are when it is null. */
    Cadence cadence(@Nullable Anchor anchor) {
        Subscription before = found.subscription();
        if (before != null) {
            return anchor == null ? before.cadence() : before.cadence().changedTo(anchor, latest(before.cadence()));
        }
        if (anchor == null) {
            return Cadence.DEFAULT;
        }
        // A subject that a default plan served has windows already, which the anchor must not cut anew (R17, R22).
        boolean served = found.defaultPlan().plan() != null;
        return served ? Cadence.DEFAULT.changedTo(anchor, now) : Cadence.of(anchor);
    }

    /** Leaves out phases that no feature needs any more, so that a subscription does not grow with its age. */
    private Subscription shortest(Subscription full) {
        Set<String> features = found.features();
        Set<Phase> needed = new HashSet<>();
        for (String feature : features) {
            needed.addAll(PlanTimeline.of(found, full, feature).phasesFrom(now));
        }
        needed.add(full.latest());
        List<Phase> phases = full.phases().stream().filter(needed::contains).toList();
        Subscription shorter = full.withPhases(phases);
        boolean same = features.stream()
                .allMatch(feature -> PlanTimeline.of(found, full, feature)
                        .agreesFrom(now, PlanTimeline.of(found, shorter, feature)));
        return same ? shorter : full;
    }

    /**
     * Returns the end at which a cancelled subscription stops: that of what is paid for, or of the longest window that is
     * open, so that nobody loses what they have (R21).
     */
    Instant endOfWhatIsHad(Subscription subscription) {
        Instant agreed = subscription.term().endsAt();
        if (agreed != null) {
            return agreed;
        }
        return subscription.cycleEnd(now).orElseGet(() -> longestWindowEnd(subscription));
    }

    private Instant longestWindowEnd(Subscription subscription) {
        Instant last = now;
        for (String feature : found.features()) {
            Entitlement entitlement = EntitlementResolver.resolve(found, feature, now);
            Instant end =
                    subscription.cadence().windowAt(entitlement.period(), now).end();
            if (entitlement.standing() == Standing.GRANTED && end != null && end.isAfter(last)) {
                last = end;
            }
        }
        return last;
    }

    /** A node whose estimate of the store's clock is behind must not put a change before an earlier one. */
    private Instant latest(Cadence cadence) {
        int count = cadence.changes().size();
        Instant last = count == 0 ? now : cadence.changes().get(count - 1).at();
        return last.isAfter(now) ? last : now;
    }
}
