package io.quotaguard.spi;

import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
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
     * @param bounds ascending; span {@code i} begins at bound {@code i} and ends before the next, the last bound ends all. Two
     *     are equal where a zone skipped a day: that span is empty
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

    /**
     * Looks for counters that differ from the sum of their rows, subject by subject; writes nothing, and no charge waits for
     * it. Each difference is one at a single instant: that something is charged meanwhile is none. Rows without a counter
     * are found as well.
     *
     * <p>It ends at the deadline, and says how far it came.
     *
     * @param after only subjects after this one, or null for all
     * @param found is told of each, and may use the store
     */
    Verification verify(@Nullable String after, Consumer<Drift> found, Deadline deadline);

    /**
     * Sets every counter that differs to the sum of its rows, each by itself and with an audit row.
     *
     * @param after only subjects after this one, or null for all
     * @param mended is told of each
     */
    Verification repair(Change change, @Nullable String after, Consumer<Drift> mended, Deadline deadline);

    /**
     * Returns every counter that differs.
     *
     * @throws QuotaUnavailableException when not all could be compared before the deadline
     */
    default List<Drift> verify(Deadline deadline) {
        List<Drift> drifts = new ArrayList<>();
        requireComplete("verified", verify(null, drifts::add, deadline));
        return List.copyOf(drifts);
    }

    /**
     * Sets every counter that differs to the sum of its rows; returns what it mended.
     *
     * @throws QuotaUnavailableException when not all could be compared before the deadline; those it came to are mended
     */
    default List<Drift> repair(Change change, Deadline deadline) {
        List<Drift> drifts = new ArrayList<>();
        requireComplete("repaired", repair(change, null, drifts::add, deadline));
        return List.copyOf(drifts);
    }

    private static void requireComplete(String what, Verification seen) {
        if (!seen.complete()) {
            throw new QuotaUnavailableException(
                    "the time was up before all counters were " + what + ": " + seen.counters() + " were, with "
                            + seen.drifts() + " drifts, up to subject "
                            + (seen.lastSubject() == null
                                    ? "none"
                                    : InvalidQuotaArgumentException.escape(seen.lastSubject()))
                            + "; allow more time, or go on after that subject (R45)",
                    null,
                    null,
                    null);
        }
    }
}
