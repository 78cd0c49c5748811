package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * How often an allowance starts afresh.
 *
 * <p>A period cuts time into windows at boundary {@code n = anchor + n × interval}, every boundary counted from the
 * anchor and never from the boundary before it, so that a month end clamped in February is whole again in March (R15).
 * Calendar periods count in the local time of the anchor's zone, where a day may last 23 or 25 hours (R16); hourly and
 * {@linkplain #every fixed} periods count elapsed time from the anchor's instant. All are pure values, immutable, safe
 * for use by many threads, and equal when their {@link #code} is.
 */
public sealed interface ResetPeriod permits CalendarPeriod, ElapsedPeriod, NeverPeriod {

    /** Every 60 elapsed minutes from the anchor, whatever the local clock does meanwhile. */
    ResetPeriod HOURLY = new ElapsedPeriod(Duration.ofHours(1));

    /** Every local day, at the anchor's time of day. */
    ResetPeriod DAILY = CalendarPeriod.DAILY;

    /** Every seventh local day, on the anchor's weekday. */
    ResetPeriod WEEKLY = CalendarPeriod.WEEKLY;

    /** Every month on the anchor's day, or on the month's last day when it is shorter. */
    ResetPeriod MONTHLY = CalendarPeriod.MONTHLY;

    /** Every year on the anchor's day; 29 February becomes the 28th in common years. */
    ResetPeriod YEARLY = CalendarPeriod.YEARLY;

    /** Never: one permanent window. */
    ResetPeriod NEVER = NeverPeriod.NEVER;

    /**
     * A period of fixed elapsed length, counted from the anchor's instant.
     *
     * @param length whole seconds, from 1 second to 3660 days
     * @throws InvalidQuotaArgumentException when the length is anything else
     */
    static ResetPeriod every(Duration length) {
        return new ElapsedPeriod(length);
    }

    /**
     * The period that a {@link #code} names.
     *
     * <p>Any ISO-8601 duration in days, hours, minutes and seconds is read, and is elapsed time: {@code "P1D"} is 24
     * hours, not a calendar day.
     *
     * @throws InvalidQuotaArgumentException naming the code when it is none of these
     */
    static ResetPeriod parse(String code) {
        return switch (required("reset period", code)) {
            case "hourly" -> HOURLY;
            case "daily" -> DAILY;
            case "weekly" -> WEEKLY;
            case "monthly" -> MONTHLY;
            case "yearly" -> YEARLY;
            case "never" -> NEVER;
            default -> parseDuration(code);
        };
    }

    /**
     * The stable name under which stores and files keep this period: {@code hourly}, {@code daily}, {@code weekly},
     * {@code monthly}, {@code yearly}, {@code never}, or an ISO-8601 duration such as {@code PT15M}.
     */
    String code();

    /**
     * The window that the instant falls in.
     *
     * @throws InvalidQuotaArgumentException when the instant lies outside the years 1 to 9999
     */
    Window windowAt(Instant instant, Anchor anchor);

    private static ResetPeriod parseDuration(String code) {
        try {
            return every(Duration.parse(code));
        } catch (DateTimeParseException e) {
            throw new InvalidQuotaArgumentException(
                    "reset period must be hourly, daily, weekly, monthly, yearly, never or a duration such as PT15M",
                    code,
                    e);
        }
    }
}
