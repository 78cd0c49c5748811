package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Windows of every calendar period from 1970 to 2100, compared one by one with {@link WallClockOracle}.
 *
 * <p>The ordinary run takes zones known for odd clocks and a seeded sample of the rest; {@code -Dquota.zones=all} takes
 * every zone of the running JDK, and every anchor day at midnight and at a second time of day.
 */
class ZoneTilingTest {

    private static final boolean ALL = "all".equals(System.getProperty("quota.zones"));
    private static final long SEED = Long.getLong("quota.zones.seed", 20_240_131L);
    private static final int SAMPLED_CLOCKS = 8;
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

        // The two ends of every window and the surroundings of every jump are where an error can show.
        void verify(WallClockOracle oracle) {
            long[] boundaries = oracle.boundaries(period, anchor.origin());
            for (int i = 0; i + 1 < boundaries.length; i++) {
                Instant start = Instant.ofEpochSecond(boundaries[i]);
                Instant end = Instant.ofEpochSecond(boundaries[i + 1]);
                expect(start, start, end);
                expect(end.minusNanos(1), start, end);
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

    @BeforeAll
    static void nameTheRun() {
        System.out.printf("ZoneTilingTest: quota.zones=%s, quota.zones.seed=%d%n", ALL ? "all" : "sample", SEED);
    }

    /** Zones grouped by their rules: names that share a clock share a test. */
    static Stream<Named<List<String>>> clocks() {
        Map<ZoneRules, List<String>> idsByRules = new LinkedHashMap<>();
        ZoneId.getAvailableZoneIds().stream()
                .sorted()
                .forEach(id -> idsByRules
                        .computeIfAbsent(ZoneId.of(id).getRules(), rules -> new ArrayList<>())
                        .add(id));
        List<List<String>> clocks = new ArrayList<>(idsByRules.values());
        if (!ALL) {
            Collections.shuffle(clocks, new Random(SEED));
            Stream<List<String>> odd =
                    ODD_ZONES.stream().map(id -> idsByRules.get(ZoneId.of(id).getRules()));
            clocks = Stream.concat(odd, clocks.stream().limit(SAMPLED_CLOCKS))
                    .distinct()
                    .toList();
        }
        return clocks.stream().map(ids -> Named.of(ids.get(0) + " (" + ids.size() + " names)", ids));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clocks")
    @DisplayName("R15, R16: calendar windows of 1970-2100 tile time with the boundaries that a naive wall clock finds")
    void tile(List<String> zoneIds) {
        List<ZoneId> zones = zoneIds.stream().map(ZoneId::of).toList();
        WallClockOracle oracle = new WallClockOracle(zones.get(0));
        List<Case> cases = cases(zones);
        cases.forEach(one -> one.verify(oracle));
    }

    private static List<Case> cases(List<ZoneId> zones) {
        List<Case> cases = everyCase(zones);
        if (ALL) {
            return cases;
        }
        Collections.shuffle(cases, new Random(SEED ^ zones.get(0).getId().hashCode()));
        return Stream.of(ResetPeriod.DAILY, ResetPeriod.WEEKLY, ResetPeriod.MONTHLY, ResetPeriod.YEARLY)
                .flatMap(period -> cases.stream()
                        .filter(one -> one.period().equals(period))
                        .limit(period.equals(ResetPeriod.DAILY) ? 1 : SAMPLED_ANCHORS))
                .toList();
    }

    /** Days 1 to 31 of January for the shorter periods, every day of a leap year for years; the names take turns. */
    private static List<Case> everyCase(List<ZoneId> zones) {
        List<Case> cases = new ArrayList<>();
        BiConsumer<ResetPeriod, LocalDateTime> add = (period, origin) ->
                cases.add(new Case(period, Anchor.of(zones.get(cases.size() % zones.size()), origin)));
        // Days tile alike from whichever date they are counted, so midnight needs one of them.
        add.accept(ResetPeriod.DAILY, Anchor.DEFAULT.origin());
        origins(31)
                .filter(origin -> !origin.toLocalTime().equals(LocalTime.MIDNIGHT))
                .forEach(origin -> add.accept(ResetPeriod.DAILY, origin));
        origins(31).forEach(origin -> add.accept(ResetPeriod.WEEKLY, origin));
        origins(31).forEach(origin -> add.accept(ResetPeriod.MONTHLY, origin));
        origins(366).forEach(origin -> add.accept(ResetPeriod.YEARLY, origin));
        return cases;
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
