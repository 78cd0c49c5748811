package io.quotaguard.spi;

import io.quotaguard.model.Change;
import io.quotaguard.model.DailyUsage;
import io.quotaguard.model.Drift;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/**
 * Reads of the ledger, and the proof that the counters equal it (R42). Every method throws
 * {@link QuotaUnavailableException} when the store cannot be asked before the deadline. Thread-safe.
 */
public interface LedgerStore {
    /** Returns the rows asked for, newest first. */
    List<UsageRecord> records(UsageQuery query, Deadline deadline);

    /**
     * Returns what {@code subject} used per feature and day, by feature then day; days without rows are left out.
     *
     * @param from the first day
     * @param to the last day, included
     * @param zone in which days are cut
     */
    List<DailyUsage> daily(String subject, LocalDate from, LocalDate to, ZoneId zone, Deadline deadline);

    /** Returns every counter that differs from the sum of its rows; writes nothing. */
    List<Drift> verify(Deadline deadline);

    /** Sets every counter that differs to the sum of its rows, each with an audit row; returns what it mended. */
    List<Drift> repair(Change change, Deadline deadline);
}
