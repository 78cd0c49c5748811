package io.quotaguard.benchmarks;

import java.sql.SQLException;

/** One way to ask whether a subject may use some more, and to note that it did. Safe for use by several threads. */
interface Contender extends AutoCloseable {
    /** Returns whether the subject was allowed the units, which are then used. */
    boolean use(int subject, long units) throws SQLException;

    /** Returns when all that was allowed stands where it is kept; at once, unless it is brought there behind the calls. */
    default void settle() {}

    /** Returns what stands in its tables, so that a run can be shown to have done what it measured. */
    Books books() throws SQLException;

    @Override
    default void close() {}

    /**
     * What was written.
     *
     * @param units used, of all subjects
     * @param ledgerRows one for each use, if the contender keeps a ledger
     */
    record Books(long units, long ledgerRows) {}
}
