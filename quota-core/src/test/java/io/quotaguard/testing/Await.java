package io.quotaguard.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, never for a guess of how long it takes; always bounded. */
public final class Await {
    /** How long {@link #until(String, BooleanSupplier)} waits: far longer than anything takes that ever happens. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /**
     * Waits until {@code condition} holds.
     *
     * @param what the condition in words, for the failure
     * @throws AssertionError when it does not hold in time
     */
    public static void until(String what, BooleanSupplier condition) {
        if (!holdsWithin(PATIENCE, condition)) {
            throw new AssertionError("waited " + PATIENCE + " in vain until " + what);
        }
    }

    /** Waits for {@code condition} for at most {@code patience}; returns whether it came to hold. */
    public static boolean holdsWithin(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        return true;
    }
}
