package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calendar windows that a reader can check against a wall calendar. */
class CalendarPeriodTest {

    @Nested
    @DisplayName("R14, R15: boundaries count from the anchor")
    class Boundaries {

        @Test
        @DisplayName("R14: a window holds its start and not its end")
        void halfOpen() {
            Window day = window(ResetPeriod.DAILY, "2024-05-05T12:00:00Z", "UTC", "2024-01-01T00:00");
            assertThat(day).isEqualTo(span("2024-05-05T00:00:00Z", "2024-05-06T00:00:00Z"));
            assertThat(day.contains(at("2024-05-05T00:00:00Z"))).isTrue();
            assertThat(day.contains(at("2024-05-05T23:59:59.999999999Z"))).isTrue();
            assertThat(day.contains(at("2024-05-06T00:00:00Z"))).isFalse();
            assertThat(day.contains(at("2024-05-04T23:59:59.999999999Z"))).isFalse();
        }

        @Test
        @DisplayName("R15: months from the 31st end on each month's last day and return to the 31st")
        void monthEnds() {
            assertThat(starts(ResetPeriod.MONTHLY, "2023-01-31T00:00:00Z", 15, "UTC", "2022-01-31T00:00"))
                    .map(start -> start.toString().substring(0, 10))
                    .containsExactly(
                            "2023-01-31",
                            "2023-02-28",
                            "2023-03-31",
                            "2023-04-30",
                            "2023-05-31",
                            "2023-06-30",
                            "2023-07-31",
                            "2023-08-31",
                            "2023-09-30",
                            "2023-10-31",
                            "2023-11-30",
                            "2023-12-31",
                            "2024-01-31",
                            "2024-02-29",
                            "2024-03-31");
        }

        @Test
        @DisplayName("R15: years from 29 February fall on the 28th in common years, 2100 among them")
        void leapDayAnniversaries() {
            assertThat(starts(ResetPeriod.YEARLY, "2024-02-29T09:00:00Z", 5, "UTC", "2020-02-29T09:00"))
                    .containsExactly(
                            at("2024-02-29T09:00:00Z"),
                            at("2025-02-28T09:00:00Z"),
                            at("2026-02-28T09:00:00Z"),
                            at("2027-02-28T09:00:00Z"),
                            at("2028-02-29T09:00:00Z"));
            assertThat(window(ResetPeriod.YEARLY, "2100-03-01T00:00:00Z", "UTC", "2020-02-29T00:00"))
                    .isEqualTo(span("2100-02-28T00:00:00Z", "2101-02-28T00:00:00Z"));
        }

        @Test
        @DisplayName("R15: months from 29 January meet 29 February in leap years only")
        void leapFebruary() {
            assertThat(starts(ResetPeriod.MONTHLY, "2024-01-29T00:00:00Z", 3, "UTC", "2023-01-29T00:00"))
                    .containsExactly(
                            at("2024-01-29T00:00:00Z"), at("2024-02-29T00:00:00Z"), at("2024-03-29T00:00:00Z"));
            assertThat(window(ResetPeriod.MONTHLY, "2023-03-01T00:00:00Z", "UTC", "2023-01-29T00:00"))
                    .isEqualTo(span("2023-02-28T00:00:00Z", "2023-03-29T00:00:00Z"));
        }

        @ParameterizedTest(name = "anchor {0}: {1} to {2}")
        @CsvSource({
            "2024-01-01T00:00, 2024-05-06T00:00:00Z, 2024-05-13T00:00:00Z",
            "2024-01-03T00:00, 2024-05-08T00:00:00Z, 2024-05-15T00:00:00Z",
            "2024-01-07T18:30, 2024-05-05T18:30:00Z, 2024-05-12T18:30:00Z",
        })
        @DisplayName("R15: weeks begin on the anchor's weekday at its time of day")
        void weekdays(String origin, String start, String end) {
            String instant = start.replace("T00:00", "T01:00").replace("T18:30", "T19:00");
            assertThat(window(ResetPeriod.WEEKLY, instant, "UTC", origin)).isEqualTo(span(start, end));
        }

        @Test
        @DisplayName("R15: windows before the anchor are cut like those after it")
        void beforeTheAnchor() {
            assertThat(window(ResetPeriod.MONTHLY, "2019-03-01T00:00:00Z", "UTC", "2024-01-31T00:00"))
                    .isEqualTo(span("2019-02-28T00:00:00Z", "2019-03-31T00:00:00Z"));
            assertThat(window(ResetPeriod.DAILY, "1969-12-31T23:59:59.999999999Z", "UTC", "2024-01-01T00:00"))
                    .isEqualTo(span("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"));
            assertThat(window(ResetPeriod.DAILY, "2024-01-01T00:00:00.000001Z", "UTC", "2030-01-01T00:00:00.000002"))
                    .isEqualTo(span("2023-12-31T00:00:00.000002Z", "2024-01-01T00:00:00.000002Z"));
        }

        @ParameterizedTest
        @CsvSource({"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"})
        @DisplayName("R15: the first and the last supported instant lie in windows too")
        void farAway(String instant) {
            for (String zone : List.of("UTC", "Pacific/Apia", "Europe/Dublin")) {
                for (ResetPeriod period :
                        List.of(ResetPeriod.DAILY, ResetPeriod.WEEKLY, ResetPeriod.MONTHLY, ResetPeriod.YEARLY)) {
                    for (String origin : List.of("0001-01-01T00:00", "2024-01-31T02:30", "9999-12-31T23:59:59")) {
                        Window window = window(period, instant, zone, origin);
                        assertThat(window.contains(at(instant))).isTrue();
                    }
                }
            }
        }
    }

    @Nested
    @DisplayName("R16: local clocks that jump")
    class Clocks {

        @ParameterizedTest(name = "{0} {1}")
        @CsvSource({
            // Midnight is skipped: the day begins at 01:00, when the clock jumps.
            "America/Sao_Paulo, 2018-11-04T00:00, 2018-11-04T03:00:00Z, PT23H",
            "America/Sao_Paulo, 2018-02-17T00:00, 2018-02-17T02:00:00Z, PT25H",
            "Asia/Kathmandu, 1986-01-01T00:00, 1985-12-31T18:30:00Z, PT23H45M",
            "Africa/Monrovia, 1972-01-07T00:00, 1972-01-07T00:44:30Z, PT23H15M30S",
            // Midnight comes twice: the first one counts.
            "America/Havana, 2023-11-05T00:00, 2023-11-05T04:00:00Z, PT25H",
            // A boundary inside the skipped span, not at its start: the jump itself, no matter how far inside.
            "America/New_York, 2024-03-10T02:30, 2024-03-10T07:00:00Z, PT23H30M",
            "America/New_York, 2024-03-10T02:59:59, 2024-03-10T07:00:00Z, PT23H59M59S",
            "America/New_York, 2024-03-09T02:30, 2024-03-09T07:30:00Z, PT23H30M",
            "Australia/Lord_Howe, 2023-10-01T02:15, 2023-09-30T15:30:00Z, PT23H45M",
            "Australia/Lord_Howe, 2023-04-02T01:45, 2023-04-01T14:45:00Z, PT24H30M",
            "America/New_York, 2024-11-03T01:30, 2024-11-03T05:30:00Z, PT25H",
            // No jumps nearby.
            "Asia/Shanghai, 2024-05-05T00:00, 2024-05-04T16:00:00Z, PT24H",
            "Asia/Shanghai, 1988-04-17T00:00, 1988-04-16T16:00:00Z, PT23H",
        })
        @DisplayName("R16: a local day begins at the first instant its clock shows the time or later")
        void days(String zone, String origin, String start, Duration length) {
            Window day = window(ResetPeriod.DAILY, start, zone, origin);
            assertThat(day).isEqualTo(new Window(at(start), at(start).plus(length)));
            Instant justBefore = at(start).minusNanos(1);
            assertThat(ResetPeriod.DAILY
                            .windowAt(justBefore, anchor(zone, origin))
                            .end())
                    .isEqualTo(at(start));
        }

        @Test
        @DisplayName("R16: the day that Samoa skipped makes neither an empty nor a second window")
        void samoa() {
            assertThat(starts(ResetPeriod.DAILY, "2011-12-29T12:00:00Z", 4, "Pacific/Apia", "2024-01-01T00:00"))
                    .containsExactly(
                            at("2011-12-29T10:00:00Z"), // 29 December, offset -10
                            at("2011-12-30T10:00:00Z"), // 31 December, offset +14
                            at("2011-12-31T10:00:00Z"),
                            at("2012-01-01T10:00:00Z"));
            assertThat(starts(ResetPeriod.WEEKLY, "2011-12-29T12:00:00Z", 3, "Pacific/Apia", "2012-01-06T08:00"))
                    .as("Friday 30 December 08:00 is skipped")
                    .containsExactly(
                            at("2011-12-23T18:00:00Z"), at("2011-12-30T10:00:00Z"), at("2012-01-05T18:00:00Z"));
            assertThat(window(ResetPeriod.MONTHLY, "2011-12-30T10:00:00Z", "Pacific/Apia", "2024-01-30T00:00"))
                    .isEqualTo(span("2011-12-30T10:00:00Z", "2012-01-29T10:00:00Z"));
        }

        @Test
        @DisplayName("R16: a fixed offset inside a region's name counts like any zone")
        void fixedOffsets() {
            Window expected = span("2024-05-04T18:30:00Z", "2024-05-05T18:30:00Z");
            for (String zone : List.of("+05:30", "UTC+05:30", "Asia/Kolkata")) {
                assertThat(window(ResetPeriod.DAILY, "2024-05-05T00:00:00Z", zone, "2024-01-01T00:00"))
                        .isEqualTo(expected);
            }
        }
    }

    private static List<Instant> starts(ResetPeriod period, String from, int count, String zone, String origin) {
        Anchor anchor = anchor(zone, origin);
        return Stream.iterate(
                        period.windowAt(at(from), anchor),
                        window -> period.windowAt(window.resetsAt().orElseThrow(), anchor))
                .limit(count)
                .map(Window::start)
                .toList();
    }

    private static Window window(ResetPeriod period, String instant, String zone, String origin) {
        return period.windowAt(at(instant), anchor(zone, origin));
    }

    private static Window span(String start, String end) {
        return new Window(at(start), at(end));
    }

    private static Anchor anchor(String zone, String origin) {
        return Anchor.of(ZoneId.of(zone), LocalDateTime.parse(origin));
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }
}
