package io.quotaguard.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How much of one feature a subject has used in the current window. Immutable.
 *
 * @param feature the feature
 * @param limit units per window, grants included; unlimited when only a pool limits it
 * @param counter units used and held
 * @param window the current window
 * @param source which layer gave the limit
 * @param grants what is left of each grant that was not voided, in the order of their numbers (R38)
 * @param shared what a use is charged to as well: its pools' counters, and the credits that it is paid from (R40)
 */
public record FeatureUsage(
        String feature,
        Limit limit,
        Counter counter,
        Window window,
        LimitSource source,
        List<GrantBalance> grants,
        List<Verdict> shared) {
    public FeatureUsage {
        grants = List.copyOf(grants);
        shared = List.copyOf(shared);
    }

    /**
     * Returns the units left, never negative: no more than each of the shared counters has room for; empty when
     * unlimited.
     */
    public OptionalLong remaining() {
        OptionalLong least = limit.remaining(counter.taken());
        for (Verdict verdict : shared) {
            OptionalLong there = verdict.usesLeft();
            boolean less = there.isPresent() && (least.isEmpty() || there.getAsLong() < least.getAsLong());
            least = less ? there : least;
        }
        return least;
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
