package io.quotaguard;

import io.quotaguard.plan.Entitlements;
import java.util.concurrent.atomic.LongAdder;

/** Counts how calls end. Thread-safe. */
final class Tally {
    final LongAdder allowed = new LongAdder();
    final LongAdder refused = new LongAdder();
    /** Those that a till answered, from an entitlement at hand. */
    final LongAdder allowedAtTill = new LongAdder();

    final LongAdder refusedAtTill = new LongAdder();
    final LongAdder checkedAtTill = new LongAdder();
    final LongAdder replayed = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder unavailable = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder degraded = new LongAdder();

    GuardStatistics snapshot(int journaled, Entitlements.HitCount entitlements) {
        long allowedHere = allowedAtTill.sum();
        long refusedHere = refusedAtTill.sum();
        return new GuardStatistics(
                allowed.sum() + allowedHere,
                refused.sum() + refusedHere,
                replayed.sum(),
                stale.sum(),
                unavailable.sum(),
                unknown.sum(),
                degraded.sum(),
                journaled,
                entitlements.hits() + allowedHere + refusedHere + checkedAtTill.sum(),
                entitlements.misses());
    }
}
