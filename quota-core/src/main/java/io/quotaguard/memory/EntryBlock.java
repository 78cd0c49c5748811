package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.spi.Fingerprint;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive entries of one counter. An everyday use is six numbers in one array, made a {@link LedgerEntry} when it
 * is read: so a million of them are nothing that the collector has to look at. Any other entry is kept as it is.
 *
 * <p>Only added to, under the meter's lock. What was written is never written again.
 */
final class EntryBlock {
    private static final int ID = 0;
    private static final int KEY_HIGH = 1;
    private static final int KEY_LOW = 2;
    private static final int UNITS = 3;
    private static final int USED = 4;
    private static final int NANOS = 5;
    private static final int CELLS = 6;

    /** No version 7 UUID ends in these bits: the entry's key was not made here. */
    private static final long NOT_MADE = 0;

    /** Within it, nanoseconds are a long. */
    private static final long MAX_SECONDS = 1L << 32;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final int first;
    /** What all everyday uses of the block have in common. */
    private final Limit limit;

    private final LimitSource source;
    private final Instant since;
    private final long[] cells;
    /** Callers' keys, and the entries that are no everyday uses; null until there is one. */
    private @Nullable Object @Nullable [] others;

    private int size;

    /**
     * Makes an empty block.
     *
     * @param first the place of its first entry in the counter's log
     * @param capacity how many entries it has room for
     */
    EntryBlock(int first, int capacity, Limit limit, LimitSource source, Instant since) {
        this.first = first;
        this.limit = limit;
        this.source = source;
        this.since = since;
        this.cells = new long[capacity * CELLS];
    }

    int first() {
        return first;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size * CELLS == cells.length;
    }

    /** Tells whether a use under these terms, at this time, may be added as numbers. */
    boolean suits(Limit otherLimit, LimitSource otherSource, Instant at) {
        long seconds = at.getEpochSecond() - since.getEpochSecond();
        return limit.equals(otherLimit)
                && source.equals(otherSource)
                && seconds < MAX_SECONDS
                && seconds > -MAX_SECONDS;
    }

    /** Adds an everyday use for which a key was made. */
    void addMade(long id, UUID key, long units, long used, Instant at) {
        int cell = size * CELLS;
        cells[cell + KEY_LOW] = key.getLeastSignificantBits();
        add(cell, id, key.getMostSignificantBits(), units, used, at);
    }

    /**
     * Adds an everyday use with a caller's key.
     *
     * @param lastMade the first half of the last key that was made: so that these ascend over all entries
     */
    void addGiven(long id, String key, long lastMade, long units, long used, Instant at) {
        others()[size] = key;
        add(size * CELLS, id, lastMade, units, used, at);
    }

    private void add(int cell, long id, long keyHigh, long units, long used, Instant at) {
        cells[cell + ID] = id;
        cells[cell + KEY_HIGH] = keyHigh;
        cells[cell + UNITS] = units;
        cells[cell + USED] = used;
        cells[cell + NANOS] = (at.getEpochSecond() - since.getEpochSecond()) * NANOS_PER_SECOND + at.getNano();
        size++;
    }

    /** Adds an entry as it is. */
    void add(LedgerEntry entry, long lastMade) {
        others()[size] = entry;
        int cell = size * CELLS;
        cells[cell + ID] = entry.id();
        cells[cell + KEY_HIGH] = lastMade;
        size++;
    }

    private @Nullable Object[] others() {
        @Nullable Object[] known = others;
        if (known == null) {
            known = new Object[cells.length / CELLS];
            others = known;
        }
        return known;
    }

    long id(int place) {
        return cells[place * CELLS + ID];
    }

    /** Returns the first half of the newest key that was made up to this entry, 0 for none. */
    long keyHigh(int place) {
        return cells[place * CELLS + KEY_HIGH];
    }

    boolean hasKey(int place, UUID made) {
        int cell = place * CELLS;
        return cells[cell + KEY_HIGH] == made.getMostSignificantBits()
                && cells[cell + KEY_LOW] == made.getLeastSignificantBits();
    }

    /** Adds the entries that are no everyday uses to {@code list}. */
    void addOthersTo(List<LedgerEntry> list) {
        for (int place = 0; others != null && place < size; place++) {
            LedgerEntry other = other(place);
            if (other != null) {
                list.add(other);
            }
        }
    }

    /** Returns the entry if it is no everyday use, else null. */
    private @Nullable LedgerEntry other(int place) {
        @Nullable Object[] kept = others;
        return kept != null && kept[place] instanceof LedgerEntry entry ? entry : null;
    }

    /** Returns the entry, of {@code counter}. */
    LedgerEntry entry(int place, WindowCounter counter) {
        LedgerEntry other = other(place);
        return other != null ? other : use(place * CELLS, key(place), counter);
    }

    private LedgerEntry use(int cell, Object key, WindowCounter counter) {
        long units = cells[cell + UNITS];
        return new LedgerEntry(
                cells[cell + ID],
                counter,
                Operation.RECORD,
                key,
                Fingerprint.ofUse(Operation.RECORD, units),
                units,
                new Counter(cells[cell + USED], 0),
                limit,
                source,
                LedgerEntry.More.NOTHING,
                Map.of(),
                Instant.ofEpochSecond(since.getEpochSecond(), cells[cell + NANOS]));
    }

    private Object key(int place) {
        int cell = place * CELLS;
        @Nullable Object[] kept = others;
        Object given = kept == null || cells[cell + KEY_LOW] != NOT_MADE ? null : kept[place];
        return given != null ? given : new UUID(cells[cell + KEY_HIGH], cells[cell + KEY_LOW]);
    }
}
