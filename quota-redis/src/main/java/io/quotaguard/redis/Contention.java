package io.quotaguard.redis;

import io.quotaguard.spi.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets uses get past changes of the catalog that follow each other without end: a use that finds its terms changed is resolved
 * anew and tried again, and would find them changed again, for ever. Thread-safe; it knows only this node's uses.
 */
final class Contention {
    private static final int STRIPES = 256;
    private static final long RECENT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final AtomicLongArray heldUpAt = new AtomicLongArray(STRIPES);

    Contention() {
        for (int i = 0; i < STRIPES; i++) {
            heldUpAt.set(i, System.nanoTime() - RECENT_NANOS);
        }
    }

    /** Notes that a use of a subject has to be tried again. */
    void heldUp(String subject) {
        heldUpAt.set(stripe(subject), System.nanoTime());
    }

    /** Waits a moment before a subject is changed, if a use of it was held up just now. */
    void giveWay(String subject, Deadline deadline) {
        if (System.nanoTime() - heldUpAt.get(stripe(subject)) < RECENT_NANOS) {
            LockSupport.parkNanos(
                    Math.min(WAY_NANOS, Math.max(1, deadline.remaining().toNanos())));
        }
    }

    private static int stripe(String subject) {
        return Math.floorMod(subject.hashCode(), STRIPES);
    }
}
