package io.quotaguard.memory;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.SubjectCatalog.DefaultPlan;
import io.quotaguard.model.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog says now. Reads take no lock; writes come one at a time, under the catalog's lock.
 *
 * <p>A read of several entries is not one snapshot, and need not be: each entry carries its revision, and a decision is
 * only made when every one of them is still in force (R25).
 */
final class CatalogState {
    private final ConcurrentMap<String, List<PlanVersion>> plans = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, SubjectEntries> subjects = new ConcurrentHashMap<>();
    private volatile DefaultPlan defaultPlan = DefaultPlan.NONE;
    /** Moved after each change: what was confirmed at this number is in force for as long as the number stands. */
    private volatile long changes = 1;

    /** Tells whether everything that {@code version} depends on is still in force (R25). */
    boolean confirms(String subject, CatalogVersion version) {
        return entries(subject).revision() == version.subject()
                && (version.planCode() == null || currentVersion(version.planCode()) == version.plan())
                && (version.defaultPlan() == CatalogVersion.NOT_USED
                        || version.defaultPlan() == defaultPlan.revision());
    }

    /** Returns a number that every change moves. */
    long changes() {
        return changes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // changes come one at a time, under the catalog's lock
    private void changed() {
        changes++;
    }

    SubjectEntries entries(String subject) {
        return subjects.getOrDefault(subject, SubjectEntries.NONE);
    }

    DefaultPlan defaultPlan() {
        return defaultPlan;
    }

    /** Returns the current version of a plan, or null. */
    @Nullable
    Plan plan(String code) {
        List<PlanVersion> versions = versions(code);
        return versions.isEmpty() ? null : versions.get(versions.size() - 1).plan();
    }

    /** Returns the given version of a plan, or null. */
    @Nullable
    Plan plan(String code, long version) {
        List<PlanVersion> versions = versions(code);
        return version < 1 || version > versions.size()
                ? null
                : versions.get((int) version - 1).plan();
    }

    /** Returns the number of a plan's current version, 0 when there is no such plan. */
    long currentVersion(String code) {
        Plan current = plan(code);
        return current == null ? 0 : current.version();
    }

    /** Returns every version of a plan, the oldest first. */
    List<PlanVersion> versions(String code) {
        return plans.getOrDefault(code, List.of());
    }

    /** Returns the current version of every plan that is not deleted, by code. */
    List<Plan> plans() {
        List<Plan> current = new ArrayList<>();
        for (String code : new TreeSet<>(plans.keySet())) {
            Plan plan = plan(code);
            if (plan != null && !plan.deleted()) {
                current.add(plan);
            }
        }
        return current;
    }

    /** Returns the code and those of deleted plans in whose place it is. */
    Set<String> leadingTo(String code) {
        Set<String> codes = new HashSet<>(Set.of(code));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (String other : plans.keySet()) {
                Plan plan = plan(other);
                grew |= plan != null && plan.deleted() && codes.contains(plan.fallback()) && codes.add(other);
            }
        }
        return codes;
    }

    /** Returns everything that bears on {@code subject}. */
    SubjectCatalog load(String subject) {
        // The subject's entries first: a plan that they name was there before them, and none ever goes away.
        SubjectEntries entries = entries(subject);
        DefaultPlan byDefault = defaultPlan;
        Map<String, Plan> current = new HashMap<>();
        List<Plan> pinned = new ArrayList<>();
        Subscription subscription = entries.subscription();
        if (subscription != null) {
            for (Subscription.Phase phase : subscription.phases()) {
                addPlan(phase.plan(), current);
                Plan past = phase.pinnedVersion() == null ? null : plan(phase.plan(), phase.pinnedVersion());
                if (past != null && !pinned.contains(past)) {
                    pinned.add(past);
                }
            }
            addPlan(subscription.term().fallback(), current);
        }
        addPlan(byDefault.plan(), current);
        return new SubjectCatalog(
                subject,
                entries.revision(),
                subscription,
                List.copyOf(entries.overrides().values()),
                current,
                pinned,
                byDefault,
                entries.pool(),
                entries.granted());
    }

    /** Adds a plan's current version, and of a deleted one also what is in its place. */
    private void addPlan(@Nullable String code, Map<String, Plan> current) {
        String next = code;
        while (next != null && !current.containsKey(next)) {
            Plan plan = plan(next);
            if (plan == null) {
                return;
            }
            current.put(next, plan);
            next = plan.deleted() ? plan.fallback() : null;
        }
    }

    /** Returns everybody who has something of his own, in no order. */
    Iterable<Map.Entry<String, SubjectEntries>> subjects() {
        return subjects.entrySet();
    }

    void save(Plan next, Instant now) {
        List<PlanVersion> versions = new ArrayList<>(versions(next.code()));
        versions.add(new PlanVersion(next, now));
        plans.put(next.code(), List.copyOf(versions));
        changed();
    }

    void save(DefaultPlan next) {
        defaultPlan = next;
        changed();
    }

    void save(String subject, SubjectEntries next) {
        subjects.put(subject, next);
        changed();
    }
}
