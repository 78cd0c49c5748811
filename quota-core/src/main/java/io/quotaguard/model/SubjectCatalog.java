package io.quotaguard.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything the catalog holds that bears on one subject, read in one step. Immutable.
 *
 * @param subject whose entries these are
 * @param revision counts the changes of the subject's own entries, 0 when there never were any
 * @param subscription the subject's subscription, or null
 * @param overrides the subject's overrides
 * @param plans the current version of every plan that the subscription or its term names, of the default plan, and of
 *     each that takes the place of a deleted one among them
 * @param pinned past versions of plans that the subscription is pinned to
 * @param defaultPlan the choice of default plan
 * @param pool the subject to whose pool it belongs, or null (R40)
 * @param granted the features of which it has grants that were not voided (R38)
 */
public record SubjectCatalog(
        String subject,
        long revision,
        @Nullable Subscription subscription,
        List<FeatureOverride> overrides,
        Map<String, Plan> plans,
        List<Plan> pinned,
        DefaultPlan defaultPlan,
        @Nullable String pool,
        Set<String> granted) {
    /** The most deleted plans that follow each other to the one in their place. */
    public static final int MAX_FALLBACKS = 32;

    public SubjectCatalog {
        overrides = List.copyOf(overrides);
        plans = Map.copyOf(plans);
        pinned = List.copyOf(pinned);
        granted = Set.copyOf(granted);
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

    /** Returns the current version of {@code code}, or of the plan that took its place when it was deleted. */
    public Optional<Plan> current(@Nullable String code) {
        Plan plan = code == null ? null : plans.get(code);
        // Fallbacks have no cycles; the bound only keeps a broken catalog from hanging a call.
        for (int step = 0; step < MAX_FALLBACKS && plan != null && plan.deleted(); step++) {
            plan = plan.fallback() == null ? null : plans.get(plan.fallback());
        }
        return Optional.ofNullable(plan).filter(found -> !found.deleted());
    }

    /**
     * Returns this catalog with more plans to resolve by.
     *
     * @param current current versions
     * @param past a past version, or null
     */
    public SubjectCatalog knowing(Collection<Plan> current, @Nullable Plan past) {
        Map<String, Plan> morePlans = new HashMap<>(plans);
        current.forEach(plan -> morePlans.put(plan.code(), plan));
        List<Plan> morePinned = new ArrayList<>(pinned);
        if (past != null) {
            morePinned.add(past);
        }
        return new SubjectCatalog(
                subject, revision, subscription, overrides, morePlans, morePinned, defaultPlan, pool, granted);
    }

    /** Returns this catalog with {@code changed} as the subject's subscription, at the revision that the change will make. */
    public SubjectCatalog withSubscription(Subscription changed) {
        return new SubjectCatalog(subject, revision + 1, changed, overrides, plans, pinned, defaultPlan, pool, granted);
    }

    /**
     * Returns this catalog with its subscription naming, for its latest plan and its fallback, what took their place when
     * they were deleted: a deleted plan cannot be saved again.
     */
    public SubjectCatalog withReplacements() {
        if (subscription == null) {
            return this;
        }
        Subscription.Phase latest = subscription.latest();
        String plan = current(latest.plan()).map(Plan::code).orElse(latest.plan());
        List<Subscription.Phase> phases = new ArrayList<>(subscription.phases());
        if (!plan.equals(latest.plan())) {
            phases.set(phases.size() - 1, new Subscription.Phase(plan, null, latest.at(), latest.start()));
        }
        String fallback = subscription.term().fallback();
        Term term =
                subscription.term().thenPlan(current(fallback).map(Plan::code).orElse(fallback));
        Subscription replaced = subscription.withPhases(phases).withTerm(term);
        return new SubjectCatalog(subject, revision, replaced, overrides, plans, pinned, defaultPlan, pool, granted);
    }

    /** Returns this catalog with grants of those features, at the revision that the change will make. */
    public SubjectCatalog withGranted(Set<String> features) {
        return new SubjectCatalog(
                subject, revision + 1, subscription, overrides, plans, pinned, defaultPlan, pool, features);
    }

    /** Returns this catalog with {@code changed} as the subject's overrides, at the revision that the change will make. */
    public SubjectCatalog withOverrides(List<FeatureOverride> changed) {
        return new SubjectCatalog(
                subject, revision + 1, subscription, changed, plans, pinned, defaultPlan, pool, granted);
    }

    /** Returns this catalog with {@code newer} in the place of its plan of the same code, once it is edited so. */
    public SubjectCatalog withEdited(Plan newer) {
        Plan before = plans.get(newer.code());
        // Whoever is pinned to the version that was current until now stays on it (R23).
        boolean pinnedToIt = before != null
                && subscription != null
                && subscription.phases().stream()
                        .anyMatch(phase -> phase.plan().equals(before.code())
                                && Objects.equals(phase.pinnedVersion(), before.version()));
        return knowing(List.of(newer), pinnedToIt ? before : null);
    }

    /** Returns every feature that one of the subject's plans has, past versions included, by name. */
    public SortedSet<String> features() {
        SortedSet<String> features = new TreeSet<>();
        plans.values().forEach(plan -> features.addAll(plan.features().keySet()));
        pinned.forEach(plan -> features.addAll(plan.features().keySet()));
        return features;
    }
}
