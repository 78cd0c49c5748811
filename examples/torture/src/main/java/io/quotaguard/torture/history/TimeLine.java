package io.quotaguard.torture.history;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Where an instant of the wall clock lies among the calls. The calls are timed by {@link System#nanoTime}, which on Linux is
 * one clock for all processes of a machine; so are the wall clocks of the servers beside them. A wall clock that was set
 * meanwhile makes the span wider, never wrong.
 *
 * @param leastNanos the least that the wall clock was ahead of the time line
 * @param mostNanos the most
 */
public record TimeLine(long leastNanos, long mostNanos) {
    /** What the readings of two clocks one after the other, and a store that counts in microseconds, may be apart. */
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The earliest that the instant can have been. */
    public long earliest(Instant instant) {
        return nanos(instant) - mostNanos - SLACK_NANOS;
    }

    /** The latest that the instant can have been. */
    public long latest(Instant instant) {
        return nanos(instant) - leastNanos + SLACK_NANOS;
    }

    /** How far apart the two are. */
    public long uncertaintyNanos() {
        return mostNanos - leastNanos + 2 * SLACK_NANOS;
    }

    private static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
