package io.quotaguard.memory;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ledger entries of one counter, oldest first. Only added to, under the meter's lock.
 *
 * <p>A slot that was written is never written again, so a view taken under the lock may be read after it is released:
 * long reads do not hold up checks.
 */
final class EntryLog {
    private static final int FIRST_CAPACITY = 4;

    private LedgerEntry[] entries = new LedgerEntry[FIRST_CAPACITY];
    private int size;

    void add(LedgerEntry entry) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size + (size >> 1));
        }
        entries[size++] = entry;
    }

    /** Returns the entry with the number {@code id}, or null; numbers ascend. */
    @Nullable
    LedgerEntry find(long id) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = entries[middle].id();
            if (found == id) {
                return entries[middle];
            } else if (found < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    int size() {
        return size;
    }

    /** Returns the entries so far, as a view that later additions do not change. */
    List<LedgerEntry> view() {
        return Arrays.asList(entries).subList(0, size);
    }
}
