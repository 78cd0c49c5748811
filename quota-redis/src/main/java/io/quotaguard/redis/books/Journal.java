package io.quotaguard.redis.books;

import io.quotaguard.spi.Deadline;
import java.time.Instant;
import java.util.List;

/** Where the books are written down: a list of entries that grows at its end, the same for all nodes. Thread-safe. */
public interface Journal {
    /**
     * Writes entries at the end, all of them or none, and reads what comes after {@code after}.
     *
     * @param after the number of the last entry that is known
     * @param entries what to write; none to read only
     * @param bound whether nothing may be written when the journal is full
     * @throws JournalFault when it cannot be done before the deadline
     */
    Tail write(long after, List<byte[]> entries, boolean bound, Deadline deadline) throws JournalFault;

    /**
     * Crosses out entries that nothing follows from any more; those that are already are passed over, and all in another
     * history.
     *
     * @param history in which they were read
     */
    void crossOut(String history, List<Long> numbers, Deadline deadline) throws JournalFault;

    /**
     * One entry. Its bytes are not to be changed.
     *
     * @param number its place; grows, and is never given twice
     * @param at when it was written, on the clock of Redis; never goes back
     * @param bytes what was done
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on as it was read, and never compared
    record Entry(long number, Instant at, byte[] bytes) {}

    /**
     * What follows a known entry. Immutable.
     *
     * @param history the server's history of writes that this was read in; in another one, entries may be missing or others
     * @param after what it follows
     * @param now the time of Redis; no later entry is older
     * @param last the number of the journal's last entry
     * @param entries the oldest first
     * @param whole whether that are all up to the last
     */
    record Tail(String history, long after, Instant now, long last, List<Entry> entries, boolean whole) {
        public Tail {
            entries = List.copyOf(entries);
        }

        /** Returns the number up to which nothing is missing. */
        long end() {
            return whole ? last : entries.get(entries.size() - 1).number();
        }
    }
}
