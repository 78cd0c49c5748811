package io.quotaguard.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A second, naive reading of R15 and R16 in plain seconds, to hold the production code against.
 *
 * <p>It never asks java.time what a local time means. It lists the stretches of constant offset in a zone, counts
 * calendar steps by hand, and takes as boundary the first second at which the wall clock shows the local time or a
 * later one.
 */
final class WallClockOracle {

    static final long FROM = Instant.parse("1970-01-01T00:00:00Z").getEpochSecond();
    static final long TO = Instant.parse("2101-01-01T00:00:00Z").getEpochSecond();

    private static final long SECONDS_PER_DAY = 86_400;
    private static final long MARGIN = 800 * SECONDS_PER_DAY;

    private final long[] stretchStart;
    private final int[] stretchOffset;

    WallClockOracle(ZoneId zone) {
        ZoneRules rules = zone.getRules();
        List<Long> starts = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        Instant begin = Instant.ofEpochSecond(FROM - 2 * MARGIN);
        starts.add(Long.MIN_VALUE);
        offsets.add(rules.getOffset(begin).getTotalSeconds());
        ZoneOffsetTransition next = rules.nextTransition(begin);
        while (next != null && next.toEpochSecond() < TO + 2 * MARGIN) {
            starts.add(next.toEpochSecond());
            offsets.add(next.getOffsetAfter().getTotalSeconds());
            next = rules.nextTransition(next.getInstant());
        }
        stretchStart = starts.stream().mapToLong(Long::longValue).toArray();
        stretchOffset = offsets.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The instants between 1970 and 2100 at which the zone's clock jumps. */
    LongStream jumps() {
        return Arrays.stream(stretchStart).filter(second -> second >= FROM && second < TO);
    }

    /** Every distinct boundary from the last one not after 1970 to the first one after 2100, ascending. */
    long[] boundaries(ResetPeriod period, LocalDateTime origin) {
        long[] found = new long[60_000];
        int size = 0;
        int stretch = 0;
        for (long n = firstStep(period, origin); size == 0 || found[size - 1] < TO; n++) {
            long local = localBoundary(period, origin, n);
            while (stretch + 1 < stretchStart.length && local - stretchOffset[stretch] >= stretchStart[stretch + 1]) {
                stretch++;
            }
            long boundary = Math.max(stretchStart[stretch], local - stretchOffset[stretch]);
            if (size > 0 && boundary <= FROM) {
                size = 0;
            }
            if (size == 0 || boundary > found[size - 1]) {
                found[size++] = boundary;
            }
        }
        return Arrays.copyOf(found, size);
    }

    private static long firstStep(ResetPeriod period, LocalDateTime origin) {
        long yearsBack = origin.getYear() - 1968L;
        return switch (period.code()) {
            case "daily" -> -366 * yearsBack;
            case "weekly" -> -53 * yearsBack;
            case "monthly" -> -12 * yearsBack;
            case "yearly" -> -yearsBack;
            default -> throw new IllegalArgumentException(period.code());
        };
    }

    /** Local boundary n as if the local clock were UTC, in seconds. */
    private static long localBoundary(ResetPeriod period, LocalDateTime origin, long n) {
        long day = switch (period.code()) {
            case "daily" -> origin.toLocalDate().toEpochDay() + n;
            case "weekly" -> origin.toLocalDate().toEpochDay() + 7 * n;
            case "monthly" -> clampedDay(origin, n);
            case "yearly" -> clampedDay(origin, 12 * n);
            default -> throw new IllegalArgumentException(period.code());
        };
        return day * SECONDS_PER_DAY + origin.toLocalTime().toSecondOfDay();
    }

    private static long clampedDay(LocalDateTime origin, long months) {
        long monthsSinceYearZero = 12L * origin.getYear() + origin.getMonthValue() - 1 + months;
        int year = (int) Math.floorDiv(monthsSinceYearZero, 12L);
        int month = (int) Math.floorMod(monthsSinceYearZero, 12L) + 1;
        return LocalDate.of(year, month, Math.min(origin.getDayOfMonth(), daysIn(year, month)))
                .toEpochDay();
    }

    private static int daysIn(int year, int month) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return switch (month) {
            case 2 -> leap ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }
}
