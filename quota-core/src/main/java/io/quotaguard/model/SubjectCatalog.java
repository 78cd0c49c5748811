package io.quotaguard.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything the catalog holds that bears on one subject, read in one step. Immutable.
 *
 * @param subject whose entries these are
 * @param revision counts the changes of the subject's own entries, 0 when there never were any
 * @param subscription the subject's subscription, or null
 * @param overrides the subject's overrides
 * @param plans the current version of every plan that the subscription names, and of the default plan
 * @param pinned past versions of plans that the subscription is pinned to
 * @param defaultPlan the choice of default plan
 */
public record SubjectCatalog(
        String subject,
        long revision,
        @Nullable Subscription subscription,
        List<FeatureOverride> overrides,
        Map<String, Plan> plans,
        List<Plan> pinned,
        DefaultPlan defaultPlan) {
    public SubjectCatalog {
        overrides = List.copyOf(overrides);
        plans = Map.copyOf(plans);
        pinned = List.copyOf(pinned);
    }

    /**
     * The plan of subjects that have no subscription.
     *
     * @param plan its code, or null when there is none
     * @param revision counts the changes of this choice
     */
    public record DefaultPlan(@Nullable String plan, long revision) {
        /** No default plan was ever chosen. */
        public static final DefaultPlan NONE = new DefaultPlan(null, 0);
    }

    /** Returns the terms of {@code code} at {@code version}, or the current ones when {@code version} is null. */
    public Optional<Plan> plan(String code, @Nullable Long version) {
        Plan current = plans.get(code);
        if (version == null || (current != null && current.version() == version)) {
            return Optional.ofNullable(current);
        }
        return pinned.stream()
                .filter(plan -> plan.code().equals(code) && plan.version() == version)
                .findFirst();
    }

    /**
     * Returns this catalog with {@code changed} as the subject's subscription, at the revision that the change will make.
     *
     * @param current the current version of the plan that is new in it
     * @param terms the version of it that the subscription is pinned to, or the current one
     */
    public SubjectCatalog withSubscription(Subscription changed, Plan current, Plan terms) {
        Map<String, Plan> morePlans = new HashMap<>(plans);
        morePlans.put(current.code(), current);
        List<Plan> morePinned = new ArrayList<>(pinned);
        morePinned.add(terms);
        return new SubjectCatalog(subject, revision + 1, changed, overrides, morePlans, morePinned, defaultPlan);
    }

    /** Returns this catalog with {@code changed} as the subject's overrides, at the revision that the change will make. */
    public SubjectCatalog withOverrides(List<FeatureOverride> changed) {
        return new SubjectCatalog(subject, revision + 1, subscription, changed, plans, pinned, defaultPlan);
    }
}
