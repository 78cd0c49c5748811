package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The cycles of terms")
class BillingCycleTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Zones whose clocks skip an hour at night, at midnight, half an hour, a whole day, or nothing. */
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "America/Sao_Paulo",
            "Africa/Cairo",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Pacific/Apia",
            "+14:00");

    private static final List<String> STARTS = List.of(
            "2011-11-30T00:00:00",
            "2011-12-09T12:00:00",
            "2015-10-18T00:30:00",
            "2016-02-29T23:59:59.999999",
            "2025-12-31T02:30:00",
            "2026-01-29T02:15:00",
            "2026-03-24T00:00:00",
            "2026-10-25T02:30:00");

    static Stream<Arguments> starts() {
        return Stream.of(BillingCycle.values())
                .flatMap(cycle ->
                        ZONES.stream().flatMap(zone -> STARTS.stream().map(start -> Arguments.of(cycle, zone, start))));
    }

    private static Instant local(String dateTime, ZoneId zone) {
        return LocalDateTime.parse(dateTime).atZone(zone).toInstant();
    }

    @ParameterizedTest
    @CsvSource({
        "WEEKLY, 2026-01-31T10:00:00Z, 1, 2026-02-07T10:00:00Z",
        "WEEKLY, 2026-01-31T10:00:00Z, 60, 2027-03-27T10:00:00Z",
        "MONTHLY, 2026-01-31T10:00:00Z, 1, 2026-02-28T10:00:00Z",
        "MONTHLY, 2026-01-31T10:00:00Z, 2, 2026-03-31T10:00:00Z",
        "MONTHLY, 2026-01-31T10:00:00Z, 3, 2026-04-30T10:00:00Z",
        "MONTHLY, 2026-01-31T10:00:00Z, 25, 2028-02-29T10:00:00Z",
        "QUARTERLY, 2025-11-30T10:00:00Z, 1, 2026-02-28T10:00:00Z",
        "QUARTERLY, 2025-11-30T10:00:00Z, 2, 2026-05-30T10:00:00Z",
        "YEARLY, 2024-02-29T10:00:00Z, 1, 2025-02-28T10:00:00Z",
        "YEARLY, 2024-02-29T10:00:00Z, 4, 2028-02-29T10:00:00Z"
    })
    @DisplayName("R15: a cycle's end is counted from the first start, and a clamped month end is whole again")
    void countedFromTheStart(BillingCycle cycle, Instant start, long count, Instant end) {
        assertThat(cycle.endOf(count, start, UTC)).isEqualTo(end);
        assertThat(cycle.endedBy(end, start, UTC)).isEqualTo(count);
    }

    @Test
    @DisplayName("R16: it is counted on the clock of the zone, which may change meanwhile")
    void countedInTheZone() {
        Instant noon = local("2026-03-10T12:00:00", BERLIN);

        assertThat(BillingCycle.MONTHLY.endOf(1, noon, BERLIN)).isEqualTo(Instant.parse("2026-04-10T10:00:00Z"));
        assertThat(BillingCycle.MONTHLY.endOf(1, noon, UTC)).isEqualTo(Instant.parse("2026-04-10T11:00:00Z"));
    }

    @Test
    @DisplayName("R16: a time that the zone skips is the skip itself; of one that comes twice, the first")
    void skippedAndRepeatedTimes() {
        Instant march = local("2026-02-28T02:30:00", BERLIN);
        assertThat(BillingCycle.MONTHLY.endOf(13, march, BERLIN)).isEqualTo(Instant.parse("2027-03-28T01:00:00Z"));

        Instant september = local("2026-09-25T02:30:00", BERLIN);
        assertThat(BillingCycle.MONTHLY.endOf(1, september, BERLIN)).isEqualTo(Instant.parse("2026-10-25T00:30:00Z"));
    }

    @ParameterizedTest
    @MethodSource("starts")
    @DisplayName("R14: at each end exactly that many terms have ended, and a moment before it one less")
    void endedByIsTheInverse(BillingCycle cycle, String zoneId, String start) {
        ZoneId zone = ZoneId.of(zoneId);
        Instant first = local(start, zone);
        assertThat(cycle.endedBy(first, first, zone)).isZero();
        assertThat(cycle.endedBy(first.minusSeconds(1), first, zone)).isZero();
        Instant before = first;
        for (long n = 1; n <= 60; n++) {
            Instant end = cycle.endOf(n, first, zone);
            assertThat(end).as("end of term %d", n).isAfter(before);
            for (String around : List.of("PT0S", "PT0.000001S", "PT30M", "PT1H", "PT24H")) {
                java.time.Duration step = java.time.Duration.parse(around);
                assertThat(cycle.endedBy(end.plus(step), first, zone))
                        .as("%s after the end of term %d", around, n)
                        .isEqualTo(n);
                if (!step.isZero()) {
                    assertThat(cycle.endedBy(end.minus(step), first, zone))
                            .as("%s before the end of term %d", around, n)
                            .isEqualTo(n - 1);
                }
            }
            before = end;
        }
    }

    @ParameterizedTest
    @MethodSource("starts")
    @DisplayName(
            "R16: terms end where windows do that are anchored at the purchase, so that no window begins just before")
    void endsWithAWindow(BillingCycle cycle, String zoneId, String start) {
        ZoneId zone = ZoneId.of(zoneId);
        Instant first = local(start, zone);
        Anchor anchor = Anchor.of(zone, LocalDateTime.ofInstant(first, zone));
        ResetPeriod period = switch (cycle) {
            case WEEKLY -> ResetPeriod.WEEKLY;
            case MONTHLY, QUARTERLY -> ResetPeriod.MONTHLY;
            case YEARLY -> ResetPeriod.YEARLY;
        };
        for (long n = 1; n <= 60; n++) {
            Instant end = cycle.endOf(n, first, zone);
            assertThat(period.windowAt(end, anchor).start()).isEqualTo(end);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("R14: many years on it is counted as fast and as exactly")
    void manyYearsOn(BillingCycle cycle) {
        Instant start = Instant.parse("0001-01-31T00:00:00Z");
        Instant late = Instant.parse("9990-07-01T00:00:00Z");
        long ended = cycle.endedBy(late, start, BERLIN);

        assertThat(cycle.endOf(ended, start, BERLIN)).isBeforeOrEqualTo(late);
        assertThat(cycle.endOf(ended + 1, start, BERLIN)).isAfter(late);
        assertThat(ended).isGreaterThanOrEqualTo(ChronoUnit.YEARS.between(start.atZone(UTC), late.atZone(UTC)));
    }
}
