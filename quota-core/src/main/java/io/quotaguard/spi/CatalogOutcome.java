package io.quotaguard.spi;

import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogEntry;
import java.time.Instant;
import java.util.List;

/** What became of one change of the catalog. Every kind but {@link Applied} changed nothing. Immutable. */
public sealed interface CatalogOutcome {
    /**
     * The change and its audit row are committed.
     *
     * @param entry the audit row
     * @param replayed whether an earlier change with the same request key is answered again (R12)
     * @param alerts what fired because of it (R30)
     */
    record Applied(CatalogEntry entry, boolean replayed, List<Alert> alerts) implements CatalogOutcome {
        public Applied {
            alerts = List.copyOf(alerts);
        }
    }

    /**
     * The state is not the one that the change was made for.
     *
     * @param found the version or revision found
     */
    record Moved(long found) implements CatalogOutcome {}

    /**
     * The store's clock is outside a window of the change's lines: make the change again for the store's time (R19).
     *
     * @param storeTime the store's time at the verification: a change made for this very instant has the right windows
     */
    record StaleClock(Instant storeTime) implements CatalogOutcome {}

    /** The change names a plan that does not exist, or no longer does. */
    record NoSuchPlan(String plan) implements CatalogOutcome {}

    /**
     * A plan that is to be deleted without a replacement is still named.
     *
     * @param plan its code
     * @param by what names it, for people: a subject, the default, another plan's fallback
     */
    record PlanInUse(String plan, String by) implements CatalogOutcome {}

    /**
     * The fallbacks of plans would lead back to the plan.
     *
     * @param path the codes, from the plan to itself
     */
    record FallbackCycle(List<String> path) implements CatalogOutcome {
        public FallbackCycle {
            path = List.copyOf(path);
        }
    }

    /** There is no such grant of the subject. */
    record NoSuchGrant(long id) implements CatalogOutcome {}

    /** What was left of the grant was taken back before. */
    record GrantVoided(long id) implements CatalogOutcome {}

    /**
     * The pools would lead back to the member (R40).
     *
     * @param path the subjects, from the member to itself
     */
    record PoolCycle(List<String> path) implements CatalogOutcome {
        public PoolCycle {
            path = List.copyOf(path);
        }
    }

    /**
     * Too many pools would stand above each other (R40).
     *
     * @param levels how many, the lowest member included
     */
    record PoolTooDeep(int levels) implements CatalogOutcome {}

    /** The request key stands for another change (R8, R12). */
    record KeyConflict(String key) implements CatalogOutcome {}
}
