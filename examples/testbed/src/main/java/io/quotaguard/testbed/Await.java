package io.quotaguard.testbed;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition that nothing announces, such as the end of another program's process. */
final class Await {
    private static final long POLL_NANOS = Duration.ofMillis(2).toNanos();

    private Await() {}

    /** Returns once the condition holds; throws with the given words when it does not hold in time. */
    static void until(Duration patience, BooleanSupplier condition, Supplier<String> complaint) {
        if (!holdsWithin(patience, condition)) {
            throw new TestServerException(complaint.get() + " after " + patience.toMillis() + " ms");
        }
    }

    static boolean holdsWithin(Duration patience, BooleanSupplier condition) {
        return holdsWithin(patience, POLL_NANOS, condition);
    }

    /** Asks less often, for a condition that is dear to ask. */
    static boolean holdsWithin(Duration patience, Duration poll, BooleanSupplier condition) {
        return holdsWithin(patience, poll.toNanos(), condition);
    }

    private static boolean holdsWithin(Duration patience, long pollNanos, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                return false;
            }
            LockSupport.parkNanos(pollNanos);
        }
        return true;
    }
}
