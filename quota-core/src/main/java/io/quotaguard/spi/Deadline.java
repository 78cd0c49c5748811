package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.time.Duration;

/**
 * The instant by which one call must have returned, on the JVM's monotonic clock (R45). Immutable.
 *
 * <p>One deadline covers everything a call waits for: a connection, a lock, the network and the guard's own retries.
 */
public final class Deadline {
    /** The longest time-out, so that no sum of nanoseconds overflows. */
    public static final Duration MAX = Duration.ofDays(1);

    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    /**
     * Returns the deadline {@code timeout} from now.
     *
     * @throws InvalidQuotaArgumentException when {@code timeout} is not positive or longer than {@link #MAX}
     */
    public static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + requireTimeout(timeout).toNanos());
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

    public boolean hasPassed() {
        return atNanos - System.nanoTime() <= 0;
    }
}
