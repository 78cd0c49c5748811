package io.quotaguard.spi;

import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the ledger, and the proof that the counters equal it (R42). Every method throws
 * {@link QuotaUnavailableException} when the store cannot be asked before the deadline. Thread-safe.
 */
public interface LedgerStore {
    /** Returns the rows asked for, newest first. */
    List<UsageRecord> records(UsageQuery query, Deadline deadline);

    /** Returns the row with the number {@code id}. */
    Optional<UsageRecord> record(long id, Deadline deadline);

    /**
     * Returns what one use was charged as: its own row first, then those of the counters charged on its behalf; neither
     * corrections nor resets. Empty when nothing was charged under the key, or is only held.
     */
    List<UsageRecord> use(String subject, String feature, String key, Deadline deadline);

    /** Returns a reservation as it is now. */
    Optional<HeldUnits> reservation(UUID id, Deadline deadline);

    /**
     * Returns what {@code subject} used per feature and span, by feature then span; spans without rows are left out.
     *
     * @param feature of one feature, or null for all
     * @param bounds ascending; span {@code i} begins at bound {@code i} and ends before the next, the last bound ends all
     */
    List<UsageSum> sums(String subject, @Nullable String feature, List<Instant> bounds, Deadline deadline);

    /**
     * Returns who used most of a feature, by units and then subject; what is charged on behalf of another is left out.
     *
     * @param from the first instant
     * @param to the first instant that is too late
     */
    List<TopUser> top(String feature, Instant from, Instant to, int max, Deadline deadline);

    /** Returns how a counter came to be what it is. */
    Pace pace(String subject, String feature, Window window, Deadline deadline);

    /** Returns who used how much of one of a pool's counters, by units and then member; itself included (R40). */
    List<PoolShare> shares(String pool, String feature, Window window, int max, Deadline deadline);

    /** Returns every counter that differs from the sum of its rows; writes nothing. */
    List<Drift> verify(Deadline deadline);

    /** Sets every counter that differs to the sum of its rows, each with an audit row; returns what it mended. */
    List<Drift> repair(Change change, Deadline deadline);
}
