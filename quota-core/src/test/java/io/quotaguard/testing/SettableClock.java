package io.quotaguard.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is told what time it is. Thread-safe. */
public final class SettableClock implements InstantSource {
    private final AtomicReference<Instant> now;

    /** Returns a clock that shows {@code start}. */
    public SettableClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Shows {@code instant} from now on, be it later or earlier than before. */
    public void set(Instant instant) {
        now.set(instant);
    }

    /** Moves on by {@code step} in one atomic step; returns the new time. */
    public Instant advance(Duration step) {
        return now.updateAndGet(before -> before.plus(step));
    }
}
