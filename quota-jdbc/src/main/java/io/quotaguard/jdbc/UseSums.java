package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.Entry;
import java.util.Arrays;
import java.util.List;

/**
 * What uses of a few counters ask for, added up by counter.
 *
 * @param totals for each counter what its uses ask for together, or as much as fits into no limit whatever (R6)
 * @param least for each counter what the smallest of its uses asks for
 * @param behind for each use what those of its counter ask for that come after it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to the driver as they are, and never compared
record UseSums(long[] totals, long[] least, long[] behind) {
    /** Larger than any limit, and small enough that the server can add what is used to it. */
    private static final long BEYOND_ALL = 1L << 62;

    static UseSums of(BatchLayout batch) {
        List<Entry> entries = batch.entries();
        long[] totals = new long[batch.counters().size()];
        long[] least = new long[totals.length];
        Arrays.fill(least, BEYOND_ALL);
        long[] behind = new long[entries.size()];
        for (int i = behind.length - 1; i >= 0; i--) {
            long amount = entries.get(i).line().amount();
            int counter = batch.place(entries.get(i).line()) - 1;
            behind[i] = totals[counter];
            totals[counter] = Math.min(BEYOND_ALL, totals[counter] + amount);
            least[counter] = Math.min(least[counter], amount);
        }
        return new UseSums(totals, least, behind);
    }
}
