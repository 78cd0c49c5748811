package io.quotaguard.model;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which sums of the ledger to read: every day, week or month of a span. Immutable; each method returns a changed copy.
 *
 * @param subject whose use
 * @param feature of one feature, or null for every feature that was used in the span
 * @param grain how long each period is
 * @param from a day of the first period
 * @param to a day of the last period
 * @param zone in which days are cut (R16), or null for the subject's own
 */
public record StatisticsQuery(
        String subject,
        @Nullable String feature,
        Grain grain,
        LocalDate from,
        LocalDate to,
        @Nullable ZoneId zone) {
    /** The most periods of one read. */
    public static final int MAX_PERIODS = 1000;

    public StatisticsQuery {
        Names.requireSubject(subject);
        if (feature != null) {
            Names.requireFeature(feature);
        }
        InvalidQuotaArgumentException.required("grain", grain);
        InvalidQuotaArgumentException.required("from", from);
        InvalidQuotaArgumentException.required("to", to);
        if (from.getYear() < 1 || to.getYear() > 9999) {
            throw InvalidQuotaArgumentException.of("R45", "span", from + " … " + to, "is not in the years 1 to 9999");
        }
        if (to.isBefore(from) || grain.start(from).until(grain.start(to)).toTotalMonths() > MAX_PERIODS * 12L) {
            throw tooLong(from, to);
        }
        int periods = 0;
        for (LocalDate start = grain.start(from); !start.isAfter(to); start = grain.next(start)) {
            if (++periods > MAX_PERIODS) {
                throw tooLong(from, to);
            }
        }
    }

    private static InvalidQuotaArgumentException tooLong(LocalDate from, LocalDate to) {
        return InvalidQuotaArgumentException.of(
                "R45", "span", from + " … " + to, "is not of 1 … " + MAX_PERIODS + " periods");
    }

    /** How long a period is. */
    public enum Grain {
        DAY,
        /** From Monday to Sunday. */
        WEEK,
        MONTH;

        /** Returns the first day of the period that {@code day} is in. */
        LocalDate start(LocalDate day) {
            return switch (this) {
                case DAY -> day;
                case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                case MONTH -> day.withDayOfMonth(1);
            };
        }

        LocalDate next(LocalDate start) {
            return switch (this) {
                case DAY -> start.plusDays(1);
                case WEEK -> start.plusWeeks(1);
                case MONTH -> start.plusMonths(1);
            };
        }
    }

    /** Returns the query for each day from {@code from} to {@code to}, both included. */
    public static StatisticsQuery daily(String subject, LocalDate from, LocalDate to) {
        return new StatisticsQuery(subject, null, Grain.DAY, from, to, null);
    }

    /** Returns the query for each week that has a day of the span. */
    public static StatisticsQuery weekly(String subject, LocalDate from, LocalDate to) {
        return new StatisticsQuery(subject, null, Grain.WEEK, from, to, null);
    }

    /** Returns the query for each month that has a day of the span. */
    public static StatisticsQuery monthly(String subject, LocalDate from, LocalDate to) {
        return new StatisticsQuery(subject, null, Grain.MONTH, from, to, null);
    }

    public StatisticsQuery feature(String feature) {
        return new StatisticsQuery(subject, Names.requireFeature(feature), grain, from, to, zone);
    }

    public StatisticsQuery zone(ZoneId zone) {
        return new StatisticsQuery(
                subject, feature, grain, from, to, InvalidQuotaArgumentException.required("zone (R16)", zone));
    }

    /** Returns the first day of every period, and at the end the first day after the last. */
    public List<LocalDate> bounds() {
        List<LocalDate> bounds = new ArrayList<>();
        LocalDate start = grain.start(from);
        for (; !start.isAfter(to); start = grain.next(start)) {
            bounds.add(start);
        }
        bounds.add(start);
        return bounds;
    }
}
