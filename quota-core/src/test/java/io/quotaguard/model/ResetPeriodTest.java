package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of periods, elapsed periods, and the one that never resets. */
class ResetPeriodTest {

    private static final Anchor NEW_YORK = Anchor.inZone(ZoneId.of("America/New_York"));

    @Test
    @DisplayName("R15: every period is read back from its code")
    void codesRoundTrip() {
        List<ResetPeriod> periods = List.of(
                ResetPeriod.HOURLY,
                ResetPeriod.DAILY,
                ResetPeriod.WEEKLY,
                ResetPeriod.MONTHLY,
                ResetPeriod.YEARLY,
                ResetPeriod.NEVER,
                ResetPeriod.every(Duration.ofMinutes(15)),
                ResetPeriod.every(Duration.ofSeconds(1)),
                ResetPeriod.every(Duration.ofDays(3660)));
        assertThat(periods)
                .extracting(ResetPeriod::code)
                .containsExactly(
                        "hourly", "daily", "weekly", "monthly", "yearly", "never", "PT15M", "PT1S", "PT87840H");
        assertThat(periods).allSatisfy(period -> {
            assertThat(ResetPeriod.parse(period.code())).isEqualTo(period).hasSameHashCodeAs(period);
            assertThat(period).hasToString(period.code());
        });
    }

    @Test
    @DisplayName("R15: one elapsed hour is the hourly period, one elapsed day is not the calendar day")
    void sameLengthSamePeriod() {
        assertThat(ResetPeriod.every(Duration.ofHours(1))).isEqualTo(ResetPeriod.HOURLY);
        assertThat(ResetPeriod.parse("PT60M")).isEqualTo(ResetPeriod.HOURLY);
        assertThat(ResetPeriod.parse("P1D"))
                .isEqualTo(ResetPeriod.every(Duration.ofHours(24)))
                .isNotEqualTo(ResetPeriod.DAILY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " daily", "DAILY", "fortnightly", "PT", "P1M", "PT0S", "PT-1H", "PT0.5S", "PT87840H1S"})
    @DisplayName("R15: a code that names no period is refused, and the error names it")
    void unknownCodes(String code) {
        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(() -> ResetPeriod.parse(code))
                .withMessageContaining("period")
                .withMessageContaining('"' + code + '"');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PT0S",
                "PT-1S",
                "PT0.999999999S",
                "PT1.000000001S",
                "PT87840H0.000000001S",
                "PT2562047788015215H"
            })
    @DisplayName("R15: a fixed length is whole seconds from one second to 3660 days")
    void refusedLengths(String length) {
        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(() -> ResetPeriod.every(Duration.parse(length)))
                .withMessageContaining("whole seconds, from 1 second to 3660 days")
                .withMessageContaining(Duration.parse(length).toString());
    }

    @ParameterizedTest(name = "{0} at {1}: {2} to {3}")
    @CsvSource({
        // New York's clock jumps at 07:00Z on 10 March 2024; elapsed hours do not notice.
        "PT1H, 2024-03-10T06:59:59.999999999Z, 2024-03-10T06:00:00Z, 2024-03-10T07:00:00Z",
        "PT1H, 2024-03-10T07:00:00Z, 2024-03-10T07:00:00Z, 2024-03-10T08:00:00Z",
        // The anchor is midnight in New York, 05:00Z, in winter; in summer elapsed days begin at 01:00 local time.
        "PT24H, 2024-07-01T05:00:00Z, 2024-07-01T05:00:00Z, 2024-07-02T05:00:00Z",
        "PT7M, 2024-01-01T05:13:59Z, 2024-01-01T05:07:00Z, 2024-01-01T05:14:00Z",
        "PT7M, 2024-01-01T04:59:59.999999999Z, 2024-01-01T04:53:00Z, 2024-01-01T05:00:00Z",
        "PT87840H, 2024-01-01T04:59:59Z, 2013-12-24T05:00:00Z, 2024-01-01T05:00:00Z",
    })
    @DisplayName("R15: fixed periods count elapsed time from the anchor's instant, in both directions")
    void elapsed(String code, Instant instant, Instant start, Instant end) {
        assertThat(ResetPeriod.parse(code).windowAt(instant, NEW_YORK)).isEqualTo(new Window(start, end));
    }

    @Test
    @DisplayName("R15: an anchor finer than a second cuts elapsed periods exactly there")
    void fineAnchor() {
        Anchor anchor = Anchor.of(ZoneId.of("UTC"), LocalDateTime.parse("2024-01-01T00:00:00.000002999"));
        Window second =
                ResetPeriod.every(Duration.ofSeconds(1)).windowAt(Instant.parse("2024-01-01T00:00:05.000002Z"), anchor);
        assertThat(second.start()).isEqualTo("2024-01-01T00:00:05.000002Z");
        assertThat(ResetPeriod.every(Duration.ofSeconds(1))
                        .windowAt(second.start().minusNanos(1), anchor)
                        .end())
                .isEqualTo(second.start());
    }

    @Test
    @DisplayName("R14: the permanent period has one window, which never ends")
    void never() {
        for (String instant : List.of("1970-01-01T00:00:00Z", "2024-05-05T12:00:00Z", "9999-12-31T00:00:00Z")) {
            Window window = ResetPeriod.NEVER.windowAt(Instant.parse(instant), NEW_YORK);
            assertThat(window).isSameAs(Window.PERMANENT);
            assertThat(window.contains(Instant.parse(instant))).isTrue();
            assertThat(window.resetsAt()).isEmpty();
        }
    }

    @Test
    @DisplayName("R14: a window that would be empty or run backwards is refused")
    void emptyWindows() {
        Instant noon = Instant.parse("2024-05-05T12:00:00Z");
        for (Instant end : List.of(noon, noon.minusNanos(1))) {
            assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                    .isThrownBy(() -> new Window(noon, end))
                    .withMessageContaining(end.toString());
        }
    }

    @Test
    @DisplayName("R16: the default anchor is a Monday, a first of the month and of the year, at midnight UTC")
    void defaultAnchor() {
        assertThat(Anchor.DEFAULT.zone().getId()).isEqualTo("UTC");
        assertThat(Anchor.DEFAULT.origin()).isEqualTo("2024-01-01T00:00:00");
        assertThat(Anchor.inZone(ZoneId.of("UTC"))).isEqualTo(Anchor.DEFAULT);
        for (ResetPeriod period : List.of(
                ResetPeriod.HOURLY, ResetPeriod.DAILY, ResetPeriod.WEEKLY, ResetPeriod.MONTHLY, ResetPeriod.YEARLY)) {
            Instant origin = Instant.parse("2024-01-01T00:00:00Z");
            assertThat(period.windowAt(origin, Anchor.DEFAULT).start()).isEqualTo(origin);
        }
    }

    @Test
    @DisplayName("R15: instants and origins outside the years 1 to 9999 are refused by name")
    void outOfRange() {
        for (Instant instant : List.of(Instant.MIN, Instant.MAX, Instant.parse("0000-12-31T23:59:59Z"))) {
            for (ResetPeriod period : List.of(ResetPeriod.HOURLY, ResetPeriod.DAILY, ResetPeriod.YEARLY)) {
                assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                        .isThrownBy(() -> period.windowAt(instant, NEW_YORK))
                        .withMessageContaining("years 1 to 9999")
                        .withMessageContaining(instant.toString());
            }
        }
        for (LocalDateTime origin : List.of(LocalDateTime.MIN, LocalDateTime.MAX)) {
            assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                    .isThrownBy(() -> Anchor.of(ZoneId.of("UTC"), origin))
                    .withMessageContaining(origin.toString());
        }
    }
}
