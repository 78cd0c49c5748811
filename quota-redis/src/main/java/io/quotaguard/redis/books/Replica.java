package io.quotaguard.redis.books;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.redis.books.Journal.Entry;
import io.quotaguard.redis.books.Journal.Tail;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The books as one node knows them: a memory store in which every entry of the journal was carried out, in order and at the
 * time of its entry. It forgets nothing and refuses nothing of its own accord, because other nodes would not at the same
 * place. Thread-safe.
 */
final class Replica {
    /** So many numbers each entry has for the rows and alerts that it makes, whatever is crossed out before it. */
    static final int NUMBERS = 8192;

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Told told;
    /** All that follows is written under the write lock. */
    private InMemoryQuotaStore store;

    private volatile String history = "";
    private volatile long end;
    private volatile Instant now = Instant.EPOCH;

    /** Is told what became of each entry. */
    interface Told {
        void carriedOut(Entry entry, Signed signed, Result result);
    }

    Replica(Told told) {
        this.told = told;
        this.store = fresh();
    }

    private InMemoryQuotaStore fresh() {
        return InMemoryQuotaStore.builder()
                .clock(() -> now)
                .retention(FOR_EVER)
                .maxCounters(Integer.MAX_VALUE)
                .maxRecords(Integer.MAX_VALUE)
                .build();
    }

    /** Returns the history of writes that the entries were read in. */
    String history() {
        return history;
    }

    /** Returns the number of the last entry that is carried out. */
    long end() {
        return end;
    }

    /**
     * Carries out what is new of a tail.
     *
     * @return whether all is carried out that was in the journal when the tail was read
     */
    boolean take(Tail tail) {
        lock.writeLock().lock();
        try {
            if (!tail.history().equals(history)) {
                // It may lack what was read in the one before.
                store = fresh();
                end = 0;
                history = tail.history();
            }
            if (tail.after() > end) {
                return false;
            }
            for (Entry entry : tail.entries()) {
                if (entry.number() > end) {
                    carryOut(entry);
                }
            }
            end = Math.max(end, tail.end());
            boolean complete = end >= tail.last();
            if (complete && tail.now().isAfter(now)) {
                now = tail.now();
            }
            return complete;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void carryOut(Entry entry) {
        now = entry.at();
        store.numberFrom(Math.multiplyExact(entry.number(), NUMBERS));
        Signed signed = RecordBytes.read(Signed.class, entry.bytes());
        Result result = Result.of(() -> signed.deed().in(store));
        end = entry.number();
        told.carriedOut(entry, signed, result);
    }

    /** Reads from the books as they are, while nothing is carried out. */
    <T> T read(Function<InMemoryQuotaStore, T> reading) {
        lock.readLock().lock();
        try {
            return reading.apply(store);
        } finally {
            lock.readLock().unlock();
        }
    }
}
