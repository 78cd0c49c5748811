package io.quotaguard.memory;

import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.spi.Terms;
import io.quotaguard.spi.TimeOrderedKey;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ledger entries of one counter, oldest first, and the keys that were made for them. Only added to, under the meter's
 * lock: so numbers ascend and made keys do, and both are found by halving, without an index.
 *
 * <p>What was written is never written again, so a view taken under the lock may be read after it is released: long reads
 * do not hold up checks.
 */
final class EntryLog {
    private static final EntryBlock[] NONE = {};
    private static final int FIRST_CAPACITY = 4;
    private static final int MAX_CAPACITY = 512;

    private final WindowCounter counter;
    private EntryBlock[] blocks = NONE;
    private int count;
    private int size;
    /** The first half of the last key that was made, 0 before the first. */
    private long lastMade;

    EntryLog(WindowCounter counter) {
        this.counter = counter;
    }

    /** Returns a key that no entry of the counter has; it is remembered when its entry is added. */
    UUID makeKey(Instant now) {
        return TimeOrderedKey.of(TimeOrderedKey.tick(TimeOrderedKey.tickOf(lastMade), now.toEpochMilli()));
    }

    /**
     * Adds an everyday use that the counter does not hold yet.
     *
     * @param id its number
     * @param key what {@link #makeKey} returned
     * @param units how many it charged
     * @param terms under which it was charged
     */
    void addMade(long id, UUID key, long units, Terms terms, Instant now) {
        block(terms.limit(), terms.source(), now).addMade(id, key, units, counter.used() + units, now);
        lastMade = key.getMostSignificantBits();
        size++;
    }

    /** Adds an everyday use with a caller's key that the counter does not hold yet. */
    void addGiven(long id, String key, long units, Terms terms, Instant now) {
        block(terms.limit(), terms.source(), now).addGiven(id, key, lastMade, units, counter.used() + units, now);
        size++;
    }

    /** Adds an entry of any kind; its key was not made here. */
    void add(LedgerEntry entry) {
        if (entry.isEveryday()) {
            block(entry.limit(), entry.source(), entry.at())
                    .addGiven(
                            entry.id(),
                            entry.keyText(),
                            lastMade,
                            entry.delta(),
                            entry.after().used(),
                            entry.at());
        } else {
            EntryBlock last = count == 0 ? null : blocks[count - 1];
            EntryBlock block = last != null && !last.isFull() ? last : begin(entry.limit(), entry.source(), entry.at());
            block.add(entry, lastMade);
        }
        size++;
    }

    /** Returns the last block, or a new one when that is full or is of other terms. */
    private EntryBlock block(Limit limit, LimitSource source, Instant at) {
        EntryBlock last = count == 0 ? null : blocks[count - 1];
        return last != null && !last.isFull() && last.suits(limit, source, at) ? last : begin(limit, source, at);
    }

    /** A new block is at most as large as all before it, so that at most half of the room stays empty. */
    private EntryBlock begin(Limit limit, LimitSource source, Instant at) {
        int capacity = count == 0 ? FIRST_CAPACITY : 2 * blocks[count - 1].size();
        EntryBlock next =
                new EntryBlock(size, Math.max(FIRST_CAPACITY, Math.min(MAX_CAPACITY, capacity)), limit, source, at);
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(1, count + (count >> 1) + 1));
        }
        blocks[count++] = next;
        return next;
    }

    /** Returns the entry with the number {@code id}, or null. */
    @Nullable
    LedgerEntry find(long id) {
        EntryBlock block = null;
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (blocks[middle].id(0) <= id) {
                block = blocks[middle];
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (block == null) {
            return null;
        }
        low = 0;
        high = block.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (block.id(middle) < id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return block.id(low) == id ? block.entry(low, counter) : null;
    }

    /** Returns the entry for which the key was made, or null: the first up to which it is the newest. */
    @Nullable
    LedgerEntry find(UUID made) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            EntryBlock block = blocks[blockOf(middle, blocks, count)];
            if (Long.compareUnsigned(block.keyHigh(middle - block.first()), made.getMostSignificantBits()) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == size) {
            return null;
        }
        EntryBlock block = blocks[blockOf(low, blocks, count)];
        return block.hasKey(low - block.first(), made) ? block.entry(low - block.first(), counter) : null;
    }

    int size() {
        return size;
    }

    /** Returns the entries that are no everyday uses. */
    List<LedgerEntry> others() {
        List<LedgerEntry> others = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks[i].addOthersTo(others);
        }
        return others;
    }

    /** Returns the entries so far, as a view that later additions do not change. */
    List<LedgerEntry> view() {
        return new View(counter, blocks, count, size);
    }

    private static int blockOf(int place, EntryBlock[] blocks, int count) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (blocks[middle].first() <= place) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static final class View extends AbstractList<LedgerEntry> implements RandomAccess {
        private final WindowCounter counter;
        private final EntryBlock[] blocks;
        private final int count;
        private final int size;

        View(WindowCounter counter, EntryBlock[] blocks, int count, int size) {
            this.counter = counter;
            this.blocks = blocks;
            this.count = count;
            this.size = size;
        }

        @Override
        public LedgerEntry get(int place) {
            EntryBlock block = blocks[blockOf(place, blocks, count)];
            return block.entry(place - block.first(), counter);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
