package io.quotaguard.spi;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import java.util.List;
import java.util.Optional;

/**
 * Plans, subscriptions and overrides with their audit. Every method throws {@link QuotaUnavailableException} when the
 * store cannot be asked before the deadline. Thread-safe.
 */
public interface CatalogStore {
    /** Reads everything that bears on {@code subject} in one step, also for a subject that the store has never seen. */
    SubjectCatalog load(String subject, Deadline deadline);

    /** Returns the current version of a plan. */
    Optional<Plan> plan(String code, Deadline deadline);

    /** Returns the version {@code version} of a plan, current or past (R23). */
    Optional<Plan> plan(String code, long version, Deadline deadline);

    /** Returns the current version of every plan, by code. */
    List<Plan> plans(Deadline deadline);

    /**
     * Applies one change with its audit row and, for a subject's change, realigns the alerts of the subject's counters:
     * all in one transaction (R30, R44).
     */
    CatalogOutcome apply(CatalogCommand command, Deadline deadline);

    /** Returns the audit rows asked for, newest first. */
    List<CatalogEntry> history(CatalogQuery query, Deadline deadline);
}
