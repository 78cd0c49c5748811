package io.quotaguard.memory;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which entries were written under which callers' keys. Guarded by the meter's lock.
 *
 * <p>A key leaves no object behind but itself: two numbers in an open table (Knuth, The Art of Computer Programming, 6.4,
 * algorithms L and R), its hash and its entry's number. The hash is 64 bits with a secret, so that nobody can choose keys
 * that meet; that it is the key is seen by the entry, not by the hash.
 */
final class KeyTable {
    private static final int FIRST_SLOTS = 8;
    private static final long SECRET = new SecureRandom().nextLong();
    /** Odd, so that no bit is lost. */
    private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

    /** Finds an entry by its number. */
    interface Entries {
        @Nullable
        LedgerEntry find(long id);
    }

    private final Entries entries;
    /** Pairs of hash and number; a number of 0 is an empty slot. */
    private long[] cells = new long[2 * FIRST_SLOTS];

    private int size;

    KeyTable(Entries entries) {
        this.entries = entries;
    }

    /** Returns the entry that was written under the key, or null. */
    @Nullable
    LedgerEntry find(String key) {
        long hash = hash(key);
        for (int slot = home(hash); cells[2 * slot + 1] != 0; slot = next(slot)) {
            LedgerEntry entry = cells[2 * slot] == hash ? entries.find(cells[2 * slot + 1]) : null;
            if (entry != null && entry.keyText().equals(key)) {
                return entry;
            }
        }
        return null;
    }

    /** Remembers a key that is not known. */
    void add(String key, long id) {
        if (3 * (size + 1) > cells.length) {
            grow();
        }
        put(hash(key), id);
        size++;
    }

    private void put(long hash, long id) {
        int slot = home(hash);
        while (cells[2 * slot + 1] != 0) {
            slot = next(slot);
        }
        cells[2 * slot] = hash;
        cells[2 * slot + 1] = id;
    }

    private void grow() {
        long[] old = cells;
        cells = new long[2 * old.length];
        for (int cell = 0; cell < old.length; cell += 2) {
            if (old[cell + 1] != 0) {
                put(old[cell], old[cell + 1]);
            }
        }
    }

    /** Forgets the key, if it is the entry's. */
    void remove(String key, long id) {
        int slot = home(hash(key));
        while (cells[2 * slot + 1] != id) {
            if (cells[2 * slot + 1] == 0) {
                return;
            }
            slot = next(slot);
        }
        size--;
        close(slot);
    }

    /** Moves back what lies behind a slot that became free, as far as it may: no search ends at a gap. */
    private void close(int freed) {
        int free = freed;
        for (int slot = next(free); cells[2 * slot + 1] != 0; slot = next(slot)) {
            int mask = cells.length / 2 - 1;
            int home = home(cells[2 * slot]);
            boolean mayMove = ((slot - home) & mask) >= ((slot - free) & mask);
            if (mayMove) {
                cells[2 * free] = cells[2 * slot];
                cells[2 * free + 1] = cells[2 * slot + 1];
                free = slot;
            }
        }
        cells[2 * free] = 0;
        cells[2 * free + 1] = 0;
    }

    int size() {
        return size;
    }

    private int home(long hash) {
        return (int) hash & (cells.length / 2 - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (cells.length / 2 - 1);
    }

    /** Four characters a step, each folded by a multiplication to 128 bits. */
    private static long hash(String key) {
        int length = key.length();
        long hash = SECRET + length;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            long four = key.charAt(i)
                    | (long) key.charAt(i + 1) << 16
                    | (long) key.charAt(i + 2) << 32
                    | (long) key.charAt(i + 3) << 48;
            hash = fold(hash ^ four);
        }
        long rest = 0;
        for (; i < length; i++) {
            rest = rest << 16 | key.charAt(i);
        }
        return fold(hash ^ rest);
    }

    private static long fold(long value) {
        long mixed = value ^ SECRET;
        return Math.multiplyHigh(mixed, MULTIPLIER) ^ (mixed * MULTIPLIER) ^ value;
    }
}
