package io.quotaguard.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long the drainer leaves the ledger alone after a post that failed: so that the backlog is not read again with every use
 * while the ledger is away. Each failure makes it longer, up to a second; a post that is taken ends it, whoever sent it.
 * Thread-safe.
 */
final class PostPause {
    private static final long FIRST_NANOS = Duration.ofMillis(250).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();

    /** None is on when it is 0. */
    private long lengthNanos;

    private long beganNanos;

    synchronized void begin() {
        lengthNanos = lengthNanos == 0 ? FIRST_NANOS : Math.min(LONGEST_NANOS, 2 * lengthNanos);
        beganNanos = System.nanoTime();
    }

    synchronized void end() {
        lengthNanos = 0;
        notifyAll();
    }

    /** Returns at once when none is on. */
    synchronized void await() throws InterruptedException {
        for (long left = leftNanos(); left > 0; left = leftNanos()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private synchronized long leftNanos() {
        return lengthNanos == 0 ? 0 : lengthNanos - (System.nanoTime() - beganNanos);
    }
}
