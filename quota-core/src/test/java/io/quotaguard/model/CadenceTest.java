package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Changes of zone and anchor, each small enough to check by hand. */
class CadenceTest {

    private static final Anchor UTC = Anchor.DEFAULT;
    private static final Anchor SHANGHAI = Anchor.inZone(ZoneId.of("Asia/Shanghai"));
    private static final Anchor NEW_YORK = Anchor.inZone(ZoneId.of("America/New_York"));

    @Test
    @DisplayName("R17: without changes a cadence cuts like its anchor")
    void unchanged() {
        Instant instant = at("2024-05-05T17:00:00Z");
        assertThat(Cadence.DEFAULT).isEqualTo(Cadence.of(UTC));
        assertThat(Cadence.of(SHANGHAI).windowAt(ResetPeriod.DAILY, instant))
                .isEqualTo(ResetPeriod.DAILY.windowAt(instant, SHANGHAI));
    }

    @Test
    @DisplayName("R17: the current window runs to its end, a shorter one leads over, then the new zone's days follow")
    void zoneChange() {
        Cadence cadence = Cadence.of(UTC).changedTo(SHANGHAI, at("2024-05-05T12:00:00Z"));
        assertThat(days(cadence, "2024-05-04T12:00:00Z", 5))
                .containsExactly(
                        span("2024-05-04T00:00:00Z", "2024-05-05T00:00:00Z"),
                        span("2024-05-05T00:00:00Z", "2024-05-06T00:00:00Z"),
                        span("2024-05-06T00:00:00Z", "2024-05-06T16:00:00Z"),
                        span("2024-05-06T16:00:00Z", "2024-05-07T16:00:00Z"),
                        span("2024-05-07T16:00:00Z", "2024-05-08T16:00:00Z"));
    }

    @Test
    @DisplayName("R17: a change takes effect for each period at the end of that period's own window")
    void everyPeriodByItself() {
        Cadence cadence = Cadence.of(UTC).changedTo(SHANGHAI, at("2024-05-05T12:00:00Z"));
        assertThat(cadence.windowAt(ResetPeriod.MONTHLY, at("2024-05-31T20:00:00Z")))
                .isEqualTo(span("2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z"));
        assertThat(cadence.windowAt(ResetPeriod.MONTHLY, at("2024-06-01T00:00:00Z")))
                .isEqualTo(span("2024-06-01T00:00:00Z", "2024-06-30T16:00:00Z"));
        assertThat(cadence.windowAt(ResetPeriod.YEARLY, at("2024-12-31T20:00:00Z")))
                .isEqualTo(span("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"));
    }

    @Test
    @DisplayName("R17: of several changes inside one window the last one decides")
    void lastOfSeveral() {
        Cadence cadence = Cadence.of(UTC)
                .changedTo(SHANGHAI, at("2024-05-05T01:00:00Z"))
                .changedTo(UTC, at("2024-05-05T02:00:00Z"))
                .changedTo(NEW_YORK, at("2024-05-05T02:00:00Z"));
        assertThat(days(cadence, "2024-05-05T12:00:00Z", 3))
                .containsExactly(
                        span("2024-05-05T00:00:00Z", "2024-05-06T00:00:00Z"),
                        span("2024-05-06T00:00:00Z", "2024-05-06T04:00:00Z"),
                        span("2024-05-06T04:00:00Z", "2024-05-07T04:00:00Z"));
        Cadence andBack = cadence.changedTo(UTC, at("2024-05-05T23:59:59.999999Z"));
        assertThat(days(andBack, "2024-05-05T12:00:00Z", 3))
                .isEqualTo(days(Cadence.of(UTC), "2024-05-05T12:00:00Z", 3));
    }

    @Test
    @DisplayName("R17: a change inside the leading-over window waits for that window's end")
    void changeDuringTransition() {
        Cadence cadence = Cadence.of(UTC)
                .changedTo(SHANGHAI, at("2024-05-05T12:00:00Z"))
                .changedTo(NEW_YORK, at("2024-05-06T15:59:59Z"));
        assertThat(days(cadence, "2024-05-05T12:00:00Z", 4))
                .containsExactly(
                        span("2024-05-05T00:00:00Z", "2024-05-06T00:00:00Z"),
                        span("2024-05-06T00:00:00Z", "2024-05-06T16:00:00Z"),
                        span("2024-05-06T16:00:00Z", "2024-05-07T04:00:00Z"),
                        span("2024-05-07T04:00:00Z", "2024-05-08T04:00:00Z"));
    }

    @Test
    @DisplayName("R17: a change at a boundary belongs to the window that begins there")
    void changeAtBoundary() {
        Cadence cadence = Cadence.of(UTC).changedTo(SHANGHAI, at("2024-05-05T00:00:00Z"));
        assertThat(days(cadence, "2024-05-05T00:00:00Z", 2))
                .containsExactly(
                        span("2024-05-05T00:00:00Z", "2024-05-06T00:00:00Z"),
                        span("2024-05-06T00:00:00Z", "2024-05-06T16:00:00Z"));
    }

    @Test
    @DisplayName("R17: a change takes hold for elapsed periods as it does for calendar ones")
    void elapsed() {
        Anchor quarterPast = Anchor.of(ZoneId.of("UTC"), LocalDateTime.parse("2024-01-01T00:15"));
        Cadence cadence = Cadence.of(UTC).changedTo(quarterPast, at("2024-05-05T12:30:00Z"));
        ResetPeriod halfHour = ResetPeriod.every(Duration.ofHours(1));
        assertThat(cadence.windowAt(halfHour, at("2024-05-05T12:59:59Z")))
                .isEqualTo(span("2024-05-05T12:00:00Z", "2024-05-05T13:00:00Z"));
        assertThat(cadence.windowAt(halfHour, at("2024-05-05T13:00:00Z")))
                .isEqualTo(span("2024-05-05T13:00:00Z", "2024-05-05T13:15:00Z"));
    }

    @Test
    @DisplayName("R17: a permanent window outlives every change")
    void permanent() {
        Cadence cadence = Cadence.of(UTC)
                .changedTo(SHANGHAI, at("2024-05-05T12:00:00Z"))
                .changedTo(NEW_YORK, at("2025-05-05T12:00:00Z"));
        assertThat(cadence.windowAt(ResetPeriod.NEVER, at("2030-01-01T00:00:00Z")))
                .isSameAs(Window.PERMANENT);
    }

    @Test
    @DisplayName("R17: change instants are kept to the microsecond, and the cut never crosses a boundary")
    void microseconds() {
        Cadence late = Cadence.of(UTC).changedTo(SHANGHAI, at("2024-05-05T23:59:59.999999999Z"));
        assertThat(late.changes().get(0).at()).isEqualTo("2024-05-05T23:59:59.999999Z");
        assertThat(days(late, "2024-05-05T12:00:00Z", 2).get(1))
                .isEqualTo(span("2024-05-06T00:00:00Z", "2024-05-06T16:00:00Z"));
        assertThat(new Cadence.Change(at("1969-12-31T23:59:59.999999999Z"), UTC).at())
                .isEqualTo("1969-12-31T23:59:59.999999Z");
    }

    @Test
    @DisplayName("R17: a change older than the one before it is refused, and the error names both instants")
    void unordered() {
        Cadence cadence = Cadence.of(UTC).changedTo(SHANGHAI, at("2024-05-05T12:00:00Z"));
        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(() -> cadence.changedTo(NEW_YORK, at("2024-05-05T11:59:59.999999Z")))
                .withMessageContaining("2024-05-05T12:00:00Z")
                .withMessageContaining("2024-05-05T11:59:59.999999Z");
    }

    @Test
    @DisplayName("R16: its zone is that of its latest change, and may be named by its id")
    void zone() {
        Anchor shanghai = Anchor.inZone("Asia/Shanghai");
        assertThat(shanghai).isEqualTo(Anchor.inZone(ZoneId.of("Asia/Shanghai")));
        Cadence cadence = Cadence.DEFAULT.changedTo(shanghai, at("2024-05-05T12:00:00Z"));
        assertThat(Cadence.DEFAULT.zone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(cadence.zone()).isEqualTo(shanghai.zone());
        assertThat(cadence.changedTo(Anchor.DEFAULT, at("2024-05-06T12:00:00Z")).zone())
                .isEqualTo(ZoneId.of("UTC"));
    }

    @Test
    @DisplayName("R17: a cadence cannot be altered through the list it was made from")
    void immutable() {
        List<Cadence.Change> changes = new ArrayList<>();
        Cadence cadence = new Cadence(UTC, changes);
        changes.add(new Cadence.Change(at("2024-05-05T12:00:00Z"), SHANGHAI));
        assertThat(cadence).isEqualTo(Cadence.DEFAULT);
    }

    private static List<Window> days(Cadence cadence, String from, int count) {
        List<Window> windows = new ArrayList<>();
        Instant instant = at(from);
        while (windows.size() < count) {
            windows.add(cadence.windowAt(ResetPeriod.DAILY, instant));
            instant = windows.get(windows.size() - 1).resetsAt().orElseThrow();
        }
        return windows;
    }

    private static Window span(String start, String end) {
        return new Window(at(start), at(end));
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }
}
