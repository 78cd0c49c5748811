package io.quotaguard.model;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** How often a plan is paid for, and so how long one term of a renewing subscription is. */
public enum BillingCycle {
    WEEKLY(1, ChronoUnit.WEEKS),
    MONTHLY(1, ChronoUnit.MONTHS),
    QUARTERLY(3, ChronoUnit.MONTHS),
    YEARLY(1, ChronoUnit.YEARS);

    private final int length;
    private final ChronoUnit unit;

    BillingCycle(int length, ChronoUnit unit) {
        this.length = length;
        this.unit = unit;
    }

    /**
     * Returns the end of the {@code count}-th term: counted from the first term's start, never from the term before, so
     * that a month end clamped in February is whole again in March (R15). It is a boundary like that of a window anchored
     * at the start, so that no window begins just before a term's end.
     *
     * @param start when the first term starts
     * @param zone in whose local time the terms are counted (R16)
     */
    public Instant endOf(long count, Instant start, ZoneId zone) {
        Anchor anchor = Anchor.of(zone, start.atZone(zone).toLocalDateTime());
        return anchor.instantOf(anchor.origin().plus(length * count, unit));
    }

    /** Returns how many terms from {@code start} on have ended by {@code now}. */
    public long endedBy(Instant now, Instant start, ZoneId zone) {
        if (!now.isAfter(start)) {
            return 0;
        }
        long whole = unit.between(start.atZone(zone), now.atZone(zone)) / length;
        // Clamped month ends and clock changes make it miss by one at most.
        long count = Math.max(0, whole - 1);
        while (!endOf(count + 1, start, zone).isAfter(now)) {
            count++;
        }
        return count;
    }
}
