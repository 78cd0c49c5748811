package io.quotaguard.memory;

import io.quotaguard.model.Plan;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names a plan, and whether a plan may name another. Used under the catalog's lock. */
final class PlanReferences {
    private final CatalogState state;

    PlanReferences(CatalogState state) {
        this.state = state;
    }

    /**
     * Returns why the plan may not have the fallback, or null when it may. A fallback that was deleted after it was named
     * has something in its place, and stays good.
     */
    @Nullable
    CatalogOutcome fallbackFault(String code, @Nullable String fallback) {
        Plan present = state.plan(code);
        if (fallback == null || (present != null && fallback.equals(present.fallback()))) {
            return null;
        }
        Plan next = state.plan(fallback);
        if (next == null || next.deleted()) {
            return new CatalogOutcome.NoSuchPlan(fallback);
        }
        List<String> path = new ArrayList<>(List.of(code));
        while (next != null) {
            path.add(next.code());
            if (next.code().equals(code)) {
                return new CatalogOutcome.FallbackCycle(path);
            }
            next = next.fallback() == null ? null : state.plan(next.fallback());
        }
        return null;
    }

    /** Returns what still names the plan, or one whose place it has taken, for people; null when nothing does. */
    @Nullable
    String user(String code, Instant now) {
        Set<String> codes = state.leadingTo(code);
        String byDefault = state.defaultPlan().plan();
        if (byDefault != null && codes.contains(byDefault)) {
            return "the default plan";
        }
        for (Plan plan : state.plans()) {
            if (plan.fallback() != null && codes.contains(plan.fallback())) {
                return "the fallback of plan " + plan.code();
            }
        }
        for (Map.Entry<String, SubjectEntries> entry : state.subjects()) {
            Subscription subscription = entry.getValue().subscription();
            if (subscription != null && codes.stream().anyMatch(each -> subscription.needs(each, now, this::terms))) {
                return "subject " + entry.getKey();
            }
        }
        return null;
    }

    private @Nullable Plan terms(Subscription.Phase phase) {
        Long pinned = phase.pinnedVersion();
        return pinned == null ? state.plan(phase.plan()) : state.plan(phase.plan(), pinned);
    }

    /** Returns the code of a plan that a subscription names last, or falls back to, and that is not there; or null. */
    @Nullable
    String missing(Subscription subscription) {
        Subscription.Phase latest = subscription.latest();
        Plan plan = state.plan(latest.plan());
        if (plan == null || plan.deleted() || terms(latest) == null) {
            return latest.plan();
        }
        String fallback = subscription.term().fallback();
        Plan then = fallback == null ? plan : state.plan(fallback);
        return then == null || then.deleted() ? fallback : null;
    }
}
