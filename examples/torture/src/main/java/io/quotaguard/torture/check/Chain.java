package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import java.util.List;

/**
 * The rows of one counter in their order, each with the span in which it came to count. A row is dated while its counter is
 * locked, so the dates ascend; it is seen by others from some moment after that on.
 */
final class Chain {
    final CounterName counter;
    final List<UsageRecord> rows;
    private final long[] earliest;
    private final long[] latest;
    private final long[] seenBy;

    /**
     * @param earliest by row, the earliest that it can have been written
     * @param latest by row, the latest date that it can have
     * @param answered by row, when somebody was told of it; the end of time if nobody was
     */
    Chain(CounterName counter, List<UsageRecord> rows, long[] earliest, long[] latest, long[] answered) {
        this.counter = counter;
        this.rows = rows;
        this.earliest = earliest;
        this.latest = latest;
        this.seenBy = answered.clone();
        for (int i = rows.size() - 2; i >= 0; i--) {
            // The next one could be written only when this one was there.
            seenBy[i] = Math.min(seenBy[i], Math.min(seenBy[i + 1], latest[i + 1]));
        }
    }

    long earliest(int i) {
        return earliest[i];
    }

    long latest(int i) {
        return latest[i];
    }

    /** By when every later look at the counter must have seen the row. */
    long seenBy(int i) {
        return seenBy[i];
    }

    /** Returns the place of the last row that must have been seen before {@code nanos}; -1 when there is none. */
    int lastSeenBefore(long nanos) {
        int low = 0;
        int high = rows.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (seenBy[middle] < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Returns the place of the last row that can have been seen at {@code nanos}; -1 when there is none. */
    int lastPossibleAt(long nanos) {
        int low = 0;
        int high = rows.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (earliest[middle] <= nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    long usedAfter(int i) {
        return i < 0 ? 0 : rows.get(i).usedAfter();
    }

    /** Returns the most that can have been used at some moment of the span. */
    long mostUsed(long from, long to) {
        int last = lastPossibleAt(to);
        long most = usedAfter(Math.min(last, lastSeenBefore(from)));
        for (int i = Math.max(0, lastSeenBefore(from)); i <= last; i++) {
            most = Math.max(most, usedAfter(i));
        }
        return most;
    }

    /** Returns the least that must have been used at every moment of the span. */
    long leastUsed(long from, long to) {
        int last = lastPossibleAt(to);
        long least = usedAfter(lastSeenBefore(from));
        for (int i = Math.max(0, lastSeenBefore(from)); i <= last; i++) {
            least = Math.min(least, usedAfter(i));
        }
        return least;
    }

    /** Tells whether the counter can have stood at {@code used} at some moment of the span. */
    boolean canHaveStoodAt(long used, long from, long to) {
        int last = lastPossibleAt(to);
        for (int i = Math.min(last, lastSeenBefore(from)); i <= last; i++) {
            if (usedAfter(i) == used) {
                return true;
            }
        }
        return false;
    }
}
