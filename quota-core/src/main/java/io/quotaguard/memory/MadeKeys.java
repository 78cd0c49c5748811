package io.quotaguard.memory;

import io.quotaguard.spi.TimeOrderedKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were made for one counter's entries, and what they stand for. Guarded by the meter's lock, under which they
 * are made too: so each is greater than all before it, and is found by halving, without an index.
 */
final class MadeKeys {
    private static final LedgerEntry[] NONE = {};
    private static final int FIRST_CAPACITY = 4;

    private LedgerEntry[] entries = NONE;
    private int size;
    private long lastTick;

    /** Returns a key that no entry of the counter has. */
    UUID next(Instant now) {
        return TimeOrderedKey.of(TimeOrderedKey.tick(lastTick, now.toEpochMilli()));
    }

    /** Remembers the key that {@link #next} returned. */
    void add(UUID key, LedgerEntry entry) {
        long high = key.getMostSignificantBits();
        lastTick = (high >>> 4 & ~0xFFFL) | (high & 0xFFF);
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(FIRST_CAPACITY, size + (size >> 1)));
        }
        entries[size++] = entry;
    }

    @Nullable
    LedgerEntry find(UUID key) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            LedgerEntry entry = entries[middle];
            int order = Long.compare(high(entry.key()), key.getMostSignificantBits());
            if (order == 0) {
                return entry.key().equals(key) ? entry : null;
            } else if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    private static long high(Object key) {
        return ((UUID) key).getMostSignificantBits();
    }
}
