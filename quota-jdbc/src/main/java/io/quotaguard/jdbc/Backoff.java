package io.quotaguard.jdbc;

import io.quotaguard.spi.Deadline;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long a transaction waits that met others, before it is begun again. */
final class Backoff {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Backoff() {}

    /** Waits a little longer after each attempt, at random lest the same calls meet again; false when time is up. */
    static boolean pause(int attempt, Deadline deadline) {
        long longest = FIRST_PAUSE_NANOS << attempt;
        long nanos = ThreadLocalRandom.current().nextLong(longest / 2, longest);
        if (deadline.remaining().toNanos() <= nanos) {
            return false;
        }
        LockSupport.parkNanos(nanos);
        return !deadline.hasPassed();
    }
}
