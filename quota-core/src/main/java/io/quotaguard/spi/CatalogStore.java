package io.quotaguard.spi;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans, subscriptions and overrides with their audit. Every method throws {@link QuotaUnavailableException} when the
 * store cannot be asked before the deadline. Thread-safe.
 */
public interface CatalogStore {
    /** Reads everything that bears on {@code subject} in one step, also for a subject that the store has never seen. */
    SubjectCatalog load(String subject, Deadline deadline);

    /** Reads what bears on {@code subject} together with its open counters, in one step. */
    SubjectUsage usage(String subject, Deadline deadline);

    /** Returns the current version of a plan, also of a deleted one. */
    Optional<Plan> plan(String code, Deadline deadline);

    /** Returns the version {@code version} of a plan, current or past (R23). */
    Optional<Plan> plan(String code, long version, Deadline deadline);

    /** Returns the current version of every plan that is not deleted, by code. */
    List<Plan> plans(Deadline deadline);

    /** Returns every version that a plan ever had, the oldest first; empty when there was no such plan. */
    List<PlanVersion> versions(String code, Deadline deadline);

    /** Returns the overrides asked for, expired ones included, by subject and then feature. */
    List<FeatureOverride> overrides(OverrideQuery query, Deadline deadline);

    /** Returns the subject's grants, of one feature or for null of all, voided and expired ones included, by id. */
    List<GrantBalance> grants(String subject, @Nullable String feature, Deadline deadline);

    /**
     * Returns those that belong to a pool directly, by subject.
     *
     * @param after only subjects that come after this one; null for the first page
     * @param max the most subjects
     */
    List<String> members(String pool, @Nullable String after, int max, Deadline deadline);

    /**
     * Returns those whose subscription or its term names a plan, or a deleted one in whose place it is, and, while it is
     * the default, also those without a subscription who have an open counter, each with its open counters; by subject.
     *
     * @param plan the plan's code
     * @param after only subjects that come after this one; null for the first page
     * @param max the most subjects
     */
    List<SubjectUsage> subscribers(String plan, @Nullable String after, int max, Deadline deadline);

    /**
     * Applies one change with its audit row and, for a subject's change, realigns the alerts of the subject's counters:
     * all in one transaction (R30, R44).
     */
    CatalogOutcome apply(CatalogCommand command, Deadline deadline);

    /** Returns the audit rows asked for, newest first. */
    List<CatalogEntry> history(CatalogQuery query, Deadline deadline);

    /**
     * Returns the changes that were committed since the cursor was returned, each exactly once, in any order that keeps
     * one entity's changes apart; none is passed over because an earlier one was committed late.
     *
     * @param cursor what the call before returned, or null to begin now
     * @param max the most changes
     */
    ChangeFeed changes(@Nullable String cursor, int max, Deadline deadline);

    /**
     * Asks to be told when there may be changes to read, as soon as the store hears of them. Only a hint: it may come
     * twice, for nothing, late or never, and whoever needs every change reads {@link #changes} now and then.
     *
     * @param hint run on a thread of the store; must not block
     */
    Registration onHint(Runnable hint);

    /** Ends a registration. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
