package io.quotaguard;

import io.quotaguard.plan.Entitlements;
import java.util.concurrent.atomic.LongAdder;

/** Counts how calls end. Thread-safe. */
final class Tally {
    final LongAdder allowed = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder replayed = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder unavailable = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder degraded = new LongAdder();

    GuardStatistics snapshot(int journaled, Entitlements.HitCount entitlements) {
        return new GuardStatistics(
                allowed.sum(),
                refused.sum(),
                replayed.sum(),
                stale.sum(),
                unavailable.sum(),
                unknown.sum(),
                degraded.sum(),
                journaled,
                entitlements.hits(),
                entitlements.misses());
    }
}
