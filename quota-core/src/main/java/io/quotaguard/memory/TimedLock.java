package io.quotaguard.memory;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock that is only ever waited for up to a deadline (R45).
 *
 * <p>Not {@code synchronized}: a virtual thread that waits for a monitor keeps its carrier thread from everyone else.
 */
final class TimedLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    /**
     * Locks, or gives up.
     *
     * @param what what is waited for, for the message
     * @param key the idempotency key of the call that waits, or null
     * @throws QuotaUnavailableException when the deadline has passed or passes, or the thread is interrupted
     */
    void acquire(Deadline deadline, Object what, @Nullable String key) {
        requireTimeLeft(deadline, what, key);
        await(deadline, what, key);
    }

    /** Refuses a call whose caller has given up: it must not be recorded behind its back, however free the lock is. */
    static void requireTimeLeft(Deadline deadline, Object what, @Nullable String key) {
        if (deadline.hasPassed()) {
            throw unavailable("the deadline had passed before " + what + " was locked", null, key);
        }
    }

    /** Locks like {@link #acquire}; only fails when another thread holds the lock. */
    void await(Deadline deadline, Object what, @Nullable String key) {
        if (tryLock()) {
            return;
        }
        try {
            if (!tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw unavailable("the deadline passed while waiting for " + what, null, key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the thread was interrupted while waiting for " + what, e, key);
        }
    }

    private static QuotaUnavailableException unavailable(
            String fault, @Nullable Throwable cause, @Nullable String key) {
        return new QuotaUnavailableException(
                fault + "; nothing was changed (R45)", cause, key, InMemoryQuotaStore.NAME);
    }
}
