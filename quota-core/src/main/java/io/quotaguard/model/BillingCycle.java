package io.quotaguard.model;

import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** How often a plan is paid for, and so how long one term of a renewing subscription is. */
public enum BillingCycle {
    WEEKLY(Period.ofWeeks(1)),
    MONTHLY(Period.ofMonths(1)),
    QUARTERLY(Period.ofMonths(3)),
    YEARLY(Period.ofYears(1));

    private final Period length;

    BillingCycle(Period length) {
        this.length = length;
    }

    /**
     * Returns the end of the {@code count}-th term: counted from the first term's start, never from the term before, so
     * that a month end clamped in February is whole again in March (R15).
     *
     * @param start when the first term starts
     * @param zone in whose local time the terms are counted (R16)
     */
    public Instant endOf(long count, Instant start, ZoneId zone) {
        return start.atZone(zone).plus(length.multipliedBy(Math.toIntExact(count))).toInstant();
    }

    /** Returns how many terms from {@code start} on have ended by {@code now}. */
    public long endedBy(Instant now, Instant start, ZoneId zone) {
        if (!now.isAfter(start)) {
            return 0;
        }
        ZonedDateTime first = start.atZone(zone);
        long units = length.getDays() > 0
                ? ChronoUnit.DAYS.between(first, now.atZone(zone)) / length.getDays()
                : ChronoUnit.MONTHS.between(first, now.atZone(zone)) / length.toTotalMonths();
        // Clamped month ends and clock changes make the division miss by one at most.
        long count = Math.max(0, units - 1);
        while (!endOf(count + 1, start, zone).isAfter(now)) {
            count++;
        }
        return count;
    }
}
