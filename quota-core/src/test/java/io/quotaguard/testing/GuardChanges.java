package io.quotaguard.testing;

import static io.quotaguard.testing.GuardPlayer.BY_TEST;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The changes of the catalog in a sequence. */
final class GuardChanges {
    /** The number of no grant. */
    private static final long NONE = Long.MAX_VALUE;

    private final QuotaGuard quota;
    private final Map<String, Long> labels = new HashMap<>();
    private final List<Long> grantIds = new ArrayList<>();

    GuardChanges(QuotaGuard quota) {
        this.quota = quota;
    }

    /** Returns the numbers of the grants, in the order in which they were given; it grows. */
    List<Long> grantIds() {
        return grantIds;
    }

    /** Carries out a change; tells whether the step was one. */
    boolean change(Step step) {
        if (step instanceof Step.Give give) {
            give(give);
        } else if (step instanceof Step.TakeBack back) {
            quota.grants().voidGrant(back.subject(), labels.getOrDefault(back.label(), NONE), BY_TEST);
        } else if (step instanceof Step.Join join) {
            if (join.pool() == null) {
                quota.pools().leave(join.member(), BY_TEST);
            } else {
                quota.pools().join(join.member(), join.pool(), BY_TEST);
            }
        } else if (step instanceof Step.EditPlan edit) {
            Plan found = quota.plans().get(edit.plan()).orElseThrow();
            Plan edited = found.edit().replace(edit.terms()).build();
            quota.plans().update(edited.withActive(edit.active()), BY_TEST);
        } else if (step instanceof Step.SetDefault choice) {
            quota.plans().setDefault(choice.plan(), BY_TEST);
        } else {
            return subscription(step);
        }
        return true;
    }

    private void give(Step.Give give) {
        Change change = give.key() == null ? BY_TEST : BY_TEST.key(give.key());
        long id = quota.grants().give(give.grant(), change).id();
        labels.put(give.label(), id);
        if (!grantIds.contains(id)) {
            grantIds.add(id);
        }
    }

    private boolean subscription(Step step) {
        if (step instanceof Step.Subscribe change) {
            if (change.zone() == null) {
                quota.subscriptions().subscribe(change.subject(), change.plan(), BY_TEST);
            } else {
                Anchor anchor = Anchor.inZone(change.zone());
                quota.subscriptions().subscribe(change.subject(), change.plan(), anchor, BY_TEST);
            }
        } else if (step instanceof Step.Pin change) {
            quota.subscriptions().pin(change.subject(), change.plan(), 1, BY_TEST);
        } else if (step instanceof Step.ChangePlan change) {
            if (change.start() == null) {
                quota.subscriptions().changePlan(change.subject(), change.plan(), BY_TEST);
            } else {
                quota.subscriptions().changePlan(change.subject(), change.plan(), change.start(), BY_TEST);
            }
        } else if (step instanceof Step.Overriding change) {
            quota.subscriptions().override(override(change), BY_TEST);
        } else if (step instanceof Step.RemoveOverride change) {
            quota.subscriptions().removeOverride(change.subject(), change.feature(), BY_TEST);
        } else {
            return false;
        }
        return true;
    }

    private static FeatureOverride override(Step.Overriding change) {
        FeatureOverride override = FeatureOverride.of(change.subject(), change.feature());
        override = change.units() == null ? override : override.limit(change.units());
        override = change.overage() == null ? override : override.overage(change.overage());
        return change.until() == null ? override : override.until(change.until());
    }
}
