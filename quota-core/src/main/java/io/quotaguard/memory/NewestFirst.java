package io.quotaguard.memory;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks one counter's entries from a page's start backwards; the walk with the newest entry comes first. */
final class NewestFirst {
    static final Comparator<NewestFirst> ORDER =
            Comparator.comparingLong(NewestFirst::newestId).reversed();

    private final List<LedgerEntry> entries;
    private int left;

    /**
     * Starts a walk.
     *
     * @param entries by id
     * @param before only entries with a smaller id, or null for all
     */
    NewestFirst(List<LedgerEntry> entries, @Nullable Long before) {
        this.entries = entries;
        this.left = before == null ? entries.size() : countBelow(before, entries);
    }

    boolean hasNext() {
        return left > 0;
    }

    LedgerEntry next() {
        return entries.get(--left);
    }

    private long newestId() {
        return entries.get(left - 1).id();
    }

    private static int countBelow(long id, List<LedgerEntry> entries) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).id() < id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
