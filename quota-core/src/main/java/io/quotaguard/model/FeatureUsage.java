package io.quotaguard.model;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How much of one feature a subject has used in the current window. Immutable.
 *
 * @param feature the feature
 * @param limit units per window
 * @param counter units used and held
 * @param window the current window
 * @param source which layer gave the limit
 */
public record FeatureUsage(String feature, Limit limit, Counter counter, Window window, LimitSource source) {
    /** Returns the units left, never negative; empty when unlimited. */
    public OptionalLong remaining() {
        return limit.remaining(counter.taken());
    }

    /** Returns the share used in whole percent, rounded down; empty when unlimited or zero, which have none (R31). */
    public OptionalInt percentUsed() {
        return limit.units() < 1
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.min(Integer.MAX_VALUE, counter.used() * 100 / limit.units()));
    }

    /** Returns when the window ends and the count starts anew; empty when it never does. */
    public Optional<Instant> resetsAt() {
        return window.resetsAt();
    }
}
