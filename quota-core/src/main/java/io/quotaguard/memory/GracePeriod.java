package io.quotaguard.memory;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells when everyone who may still decide by what was published before has finished: the grace period of read-copy-update
 * (McKenney and Slingwine, 1998). Thread-safe; one publisher at a time.
 *
 * <p>Who decides is counted under the parity of an epoch. A publisher turns the epoch and waits until the old parity's
 * counts are zero: at most as long as the decisions under way take, however many counters there are. Counts are striped by
 * thread, a cache line each, so that deciders do not meet.
 */
final class GracePeriod {
    private static final int STRIPES = 32;
    private static final int INTS_PER_CACHE_LINE = 16;
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final AtomicIntegerArray deciding = new AtomicIntegerArray(2 * STRIPES * INTS_PER_CACHE_LINE);
    private volatile int epoch;

    /** Begins a decision: whatever was published before is seen by it. Returns what to {@link #leave} with. */
    int enter() {
        int stripe = Thread.currentThread().hashCode() & (STRIPES - 1);
        while (true) {
            int seen = epoch;
            int slot = slot(seen, stripe);
            deciding.incrementAndGet(slot);
            if (epoch == seen) {
                return slot;
            }
            // A publisher came in between, and may not have counted this one.
            deciding.decrementAndGet(slot);
        }
    }

    void leave(int slot) {
        deciding.decrementAndGet(slot);
    }

    /**
     * Returns when every decision that began before is over.
     *
     * @throws QuotaUnavailableException when the deadline passes first
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // publishers come one at a time, under the catalog's lock
    void await(Deadline deadline) {
        int old = epoch;
        // Whom an earlier publisher waited for in vain has to be gone too, before others are counted with it.
        awaitNone(old + 1, deadline);
        epoch = old + 1;
        awaitNone(old, deadline);
    }

    private void awaitNone(int counted, Deadline deadline) {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            while (deciding.get(slot(counted, stripe)) != 0) {
                TimedLock.requireTimeLeft(deadline, "the last decision under the old terms", null);
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            }
        }
    }

    private static int slot(int epoch, int stripe) {
        return ((epoch & 1) * STRIPES + stripe) * INTS_PER_CACHE_LINE;
    }

    /** Returns under which parity a slot counts. */
    static int parity(int slot) {
        return slot / (STRIPES * INTS_PER_CACHE_LINE);
    }
}
