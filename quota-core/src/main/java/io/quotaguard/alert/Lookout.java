package io.quotaguard.alert;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long to wait before the outbox is looked at again: the interval, but less after alerts were fired in a transaction
 * whose commit nobody announces. Then as long as has passed since, so that an alert is found at the latest about as long
 * after its commit as the commit let wait for itself. Thread-safe.
 */
final class Lookout {
    static final Duration SHORTEST = Duration.ofMillis(20);

    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private volatile long expectedSince;

    /** Returns one that expects nothing yet, on a clock such as {@link System#nanoTime()}. */
    Lookout(Duration interval, LongSupplier nanoTime) {
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.expectedSince = nanoTime.getAsLong() - intervalNanos;
    }

    /** Begins anew with short waits, which serve what was expected earlier as well. */
    void expect() {
        expectedSince = nanoTime.getAsLong();
    }

    long waitNanos() {
        long passed = nanoTime.getAsLong() - expectedSince;
        return Math.min(intervalNanos, Math.max(SHORTEST.toNanos(), passed));
    }
}
