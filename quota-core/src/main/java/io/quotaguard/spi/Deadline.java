package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The instant by which one call must have returned, on the JVM's monotonic clock (R45). Immutable.
 *
 * <p>One deadline covers everything a call waits for: a connection, a lock, the network and the guard's own retries.
 */
public final class Deadline {
    /** The longest time-out, so that no sum of nanoseconds overflows. */
    public static final Duration MAX = Duration.ofDays(1);

    private static final int PART_FOR_LOCKS_OF_OTHERS = 4;

    private final long atNanos;
    private final boolean shared;

    private Deadline(long atNanos, boolean shared) {
        this.atNanos = atNanos;
        this.shared = shared;
    }

    /**
     * Returns the deadline {@code timeout} from now.
     *
     * @throws InvalidQuotaArgumentException when {@code timeout} is not positive or longer than {@link #MAX}
     */
    public static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + requireTimeout(timeout).toNanos(), false);
    }

    /**
     * Returns the same instant for commands for which other calls wait: a lock that somebody else holds is waited for only
     * a part of the time, so that a stranger on one counter does not use up the time of calls on others.
     */
    public Deadline shared() {
        return new Deadline(atNanos, true);
    }

    /** Returns {@code timeout} when it can be a call's time-out. */
    public static Duration requireTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX) > 0) {
            throw InvalidQuotaArgumentException.of("R45", "time-out", timeout, "is not in 1 ns … " + MAX);
        }
        return timeout;
    }

    /** Returns the time left; zero or negative when it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(atNanos - System.nanoTime());
    }

    /** Returns the whole milliseconds left, rounded up, and at least 1: the form that drivers take. */
    public int remainingMillis() {
        long millis = (atNanos - System.nanoTime() + 999_999) / 1_000_000;
        return (int) Math.max(1, millis);
    }

    /** Returns {@link #remainingMillis}, or a quarter of it for {@link #shared()} commands: the longest wait for a lock. */
    public int lockMillis() {
        return shared ? Math.max(1, remainingMillis() / PART_FOR_LOCKS_OF_OTHERS) : remainingMillis();
    }

    /** Tells whether other calls wait for these commands, so that none of them should keep the others for long. */
    public boolean isShared() {
        return shared;
    }

    public boolean hasPassed() {
        return atNanos - System.nanoTime() <= 0;
    }

    /**
     * Waits until a thread has ended or the time is up, whoever interrupts: the caller's interrupt stands again afterwards.
     */
    public void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive() && !hasPassed()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, atNanos - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
