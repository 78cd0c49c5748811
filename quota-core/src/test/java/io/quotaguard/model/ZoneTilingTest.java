package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Windows of every calendar period from 1970 to 2100, compared one by one with {@link WallClockOracle}.
 *
 * <p>The ordinary run takes zones known for odd clocks and a seeded sample of the rest; {@code -Dquota.zones=all} takes
 * every zone, and every anchor day at midnight and at a second time of day.
 */
class ZoneTilingTest {

    private static final boolean ALL = "all".equals(System.getProperty("quota.zones"));
    private static final long SEED = Long.getLong("quota.zones.seed", 20_240_131L);
    private static final int SAMPLED_ZONES = 20;
    private static final int SAMPLED_ANCHORS = 4;

    private static final List<String> ODD_ZONES = List.of(
            "UTC",
            "Africa/Cairo",
            "Africa/Casablanca",
            "Africa/Monrovia",
            "America/Sao_Paulo",
            "America/St_Johns",
            "Antarctica/Troll",
            "Asia/Gaza",
            "Asia/Kathmandu",
            "Asia/Shanghai",
            "Australia/Lord_Howe",
            "Europe/Dublin",
            "Pacific/Apia",
            "Pacific/Kwajalein");

    /** One period, counted from one origin, in one zone. */
    private record Case(ResetPeriod period, Anchor anchor) {

        void verify(WallClockOracle oracle) {
            long[] boundaries = oracle.boundaries(period, anchor.origin());
            for (int i = 0; i + 1 < boundaries.length; i++) {
                Instant start = Instant.ofEpochSecond(boundaries[i]);
                Instant end = Instant.ofEpochSecond(boundaries[i + 1]);
                expect(start, start, end);
                expect(end.minusNanos(1), start, end);
                expect(Instant.ofEpochSecond((boundaries[i] + boundaries[i + 1]) / 2), start, end);
            }
            oracle.jumps().forEach(jump -> verifyAround(Instant.ofEpochSecond(jump), boundaries));
        }

        private void verifyAround(Instant jump, long[] boundaries) {
            for (Instant instant :
                    List.of(jump.minusSeconds(1), jump.minusNanos(1), jump, jump.plusNanos(1), jump.plusSeconds(1))) {
                int found = Arrays.binarySearch(boundaries, instant.getEpochSecond());
                int i = found >= 0 ? found : -found - 2;
                if (i < 0 || i + 1 >= boundaries.length) {
                    continue;
                }
                expect(instant, Instant.ofEpochSecond(boundaries[i]), Instant.ofEpochSecond(boundaries[i + 1]));
            }
        }

        // Hundreds of millions of comparisons: the readable assertion is only built for one that fails.
        private void expect(Instant instant, Instant start, Instant end) {
            Window window = period.windowAt(instant, anchor);
            if (!start.equals(window.start()) || !end.equals(window.end()) || !window.contains(instant)) {
                assertThat(window)
                        .as("%s %s at %s (seed %d)", period, anchor, instant, SEED)
                        .isEqualTo(new Window(start, end));
            }
        }
    }

    static Stream<String> zones() {
        List<String> ids = new ArrayList<>(ZoneId.getAvailableZoneIds());
        Collections.sort(ids);
        if (ALL) {
            return ids.stream();
        }
        Collections.shuffle(ids, new Random(SEED));
        return Stream.concat(ODD_ZONES.stream(), ids.stream().limit(SAMPLED_ZONES))
                .distinct();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zones")
    @DisplayName("R15, R16: calendar windows of 1970-2100 tile time with the boundaries that a naive wall clock finds")
    void tile(String zoneId) {
        ZoneId zone = ZoneId.of(zoneId);
        WallClockOracle oracle = new WallClockOracle(zone);
        cases(zone).forEach(one -> one.verify(oracle));
    }

    private static Stream<Case> cases(ZoneId zone) {
        if (ALL) {
            return everyCase(zone);
        }
        List<Case> cases = new ArrayList<>(everyCase(zone).toList());
        Collections.shuffle(cases, new Random(SEED ^ zone.getId().hashCode()));
        return Stream.of(ResetPeriod.DAILY, ResetPeriod.WEEKLY, ResetPeriod.MONTHLY, ResetPeriod.YEARLY)
                .flatMap(period -> cases.stream()
                        .filter(one -> one.period().equals(period))
                        .limit(period == ResetPeriod.DAILY ? 1 : SAMPLED_ANCHORS));
    }

    /** Days 1 to 31 of January for the shorter periods, every day of a leap year for years. */
    private static Stream<Case> everyCase(ZoneId zone) {
        // Days tile alike from whichever date they are counted, so midnight needs one of them.
        Stream<Case> midnights = Stream.of(new Case(ResetPeriod.DAILY, Anchor.inZone(zone)));
        Stream<Case> days = origins(31)
                .filter(origin -> !origin.toLocalTime().equals(LocalTime.MIDNIGHT))
                .map(origin -> new Case(ResetPeriod.DAILY, Anchor.of(zone, origin)));
        Stream<Case> weeksAndMonths = origins(31)
                .flatMap(origin -> Stream.of(ResetPeriod.WEEKLY, ResetPeriod.MONTHLY)
                        .map(period -> new Case(period, Anchor.of(zone, origin))));
        Stream<Case> years = origins(366).map(origin -> new Case(ResetPeriod.YEARLY, Anchor.of(zone, origin)));
        return Stream.of(midnights, days, weeksAndMonths, years).flatMap(cases -> cases);
    }

    /** The first days of a leap year, each at midnight and at a second time. */
    private static Stream<LocalDateTime> origins(int days) {
        return IntStream.rangeClosed(1, days)
                .mapToObj(day -> LocalDate.ofYearDay(2024, day).atStartOfDay())
                .flatMap(midnight -> Stream.of(midnight, midnight.plusMinutes(timeOfDay(midnight.getDayOfYear()))));
    }

    /** A minute of the day that differs from day to day and half the time lies where clocks usually jump. */
    private static int timeOfDay(int day) {
        return day % 2 == 0 ? day * 47 % 1440 : 15 + day * 7 % 180;
    }
}
