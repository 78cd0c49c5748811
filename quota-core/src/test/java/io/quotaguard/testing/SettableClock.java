package io.quotaguard.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told what time it is. Thread-safe. */
public final class SettableClock implements InstantSource {
    private Instant now;

    /** Returns a clock that shows {@code start}. */
    public SettableClock(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Shows {@code instant} from now on, be it later or earlier than before. */
    public synchronized void set(Instant instant) {
        now = instant;
    }

    /** Moves on by {@code step} in one atomic step; returns the new time. */
    public synchronized Instant advance(Duration step) {
        now = now.plus(step);
        return now;
    }
}
