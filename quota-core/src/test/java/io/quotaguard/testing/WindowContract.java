package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Decision;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R14–R18: which window a use falls in. */
abstract class WindowContract extends ContractGroup {
    /** The smallest step that every store's clock can take. */
    private static final Duration TICK = Duration.ofNanos(1000);

    WindowContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private static Window window(String start, String end) {
        return new Window(Instant.parse(start), Instant.parse(end));
    }

    private void subscribe(String plan, Anchor anchor) {
        quota.subscriptions().subscribe(USER, plan, anchor, BY_TEST);
    }

    private Window windowAt(Instant instant) {
        setTime(instant);
        return use(USER, ARTICLES).window().orElseThrow();
    }

    private Window windowAt(String instant) {
        return windowAt(Instant.parse(instant));
    }

    @Test
    @DisplayName("R14: the last tick of a window is inside, and its end belongs to the next")
    void endBelongsToTheNext() {
        dailyArticles(2);
        setTime(MIDNIGHT.minus(TICK));
        use(USER, ARTICLES, 2);
        assertRefused(use(USER, ARTICLES));

        setTime(MIDNIGHT);
        Decision next = use(USER, ARTICLES);

        assertAllowed(next);
        assertThat(next.used()).isEqualTo(1);
        assertThat(next.window()).contains(window("2026-03-11T00:00:00Z", "2026-03-12T00:00:00Z"));
        assertThat(rows(USER))
                .extracting(row -> row.window().start())
                .containsExactly(MIDNIGHT, Instant.parse("2026-03-10T00:00:00Z"));
    }

    @Test
    @DisplayName("R14: every period cuts its own window")
    void everyPeriodCutsItsOwnWindow() {
        plan(
                "all",
                feature("hourly", 9, ResetPeriod.HOURLY),
                feature("daily", 9, ResetPeriod.DAILY),
                feature("weekly", 9, ResetPeriod.WEEKLY),
                feature("monthly", 9, ResetPeriod.MONTHLY),
                feature("yearly", 9, ResetPeriod.YEARLY),
                feature("fixed", 9, ResetPeriod.every(Duration.ofMinutes(45))));
        subscribe(USER, "all");
        setTime("2026-03-10T12:34:56Z");

        assertThat(use(USER, "hourly").window()).contains(window("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z"));
        assertThat(use(USER, "daily").window()).contains(window("2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z"));
        assertThat(use(USER, "weekly").window()).contains(window("2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z"));
        assertThat(use(USER, "monthly").window()).contains(window("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"));
        assertThat(use(USER, "yearly").window()).contains(window("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
        assertThat(use(USER, "fixed").window()).contains(window("2026-03-10T12:00:00Z", "2026-03-10T12:45:00Z"));
    }

    @Test
    @DisplayName("R14: a permanent quota has one window, which never resets")
    void permanentWindow() {
        plan("once", feature(ARTICLES, 2, ResetPeriod.NEVER));
        subscribe(USER, "once");
        assertThat(use(USER, ARTICLES).resetsAt()).isEmpty();
        advance(Duration.ofDays(4000));

        assertThat(use(USER, ARTICLES).used()).isEqualTo(2);
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R14: each window counts for itself, and none is lost")
    void eachWindowCountsForItself() {
        dailyArticles(3);
        for (int day = 1; day <= 5; day++) {
            use(USER, ARTICLES, 1 + day % 3);
            advance(Duration.ofDays(1));
        }

        assertThat(rows(USER)).extracting(UsageRecord::usedAfter).containsExactly(3L, 2L, 1L, 3L, 2L);
        assertThat(rows(USER)).extracting(UsageRecord::window).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName(
            "R15: monthly windows anchored on the 31st end on the last day of shorter months, and are whole again after")
    void monthEndsAreClamped() {
        plan("pro", feature(ARTICLES, 9, ResetPeriod.MONTHLY));
        subscribe("pro", Anchor.of(ZoneId.of("UTC"), LocalDateTime.parse("2026-01-31T00:00:00")));

        assertThat(windowAt("2026-03-30T23:59:59Z")).isEqualTo(window("2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"));
        assertThat(windowAt("2026-03-31T00:00:00Z")).isEqualTo(window("2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"));
        assertThat(windowAt("2026-04-30T00:00:00Z")).isEqualTo(window("2026-04-30T00:00:00Z", "2026-05-31T00:00:00Z"));
        assertThat(windowAt("2028-02-28T12:00:00Z")).isEqualTo(window("2028-01-31T00:00:00Z", "2028-02-29T00:00:00Z"));
    }

    @Test
    @DisplayName("R16: a day of the subject's zone has 23 hours in spring and 25 in autumn, and a limit for all of it")
    void daysOf23And25Hours() {
        plan("free", feature(ARTICLES, 2, ResetPeriod.DAILY));
        subscribe("free", Anchor.inZone(ZoneId.of("Europe/Berlin")));

        Window spring = windowAt("2026-03-29T12:00:00Z");
        Window autumn = windowAt("2026-10-24T22:00:00Z");
        setTime("2026-10-25T22:59:59Z");
        assertThat(use(USER, ARTICLES).remaining()).hasValue(0);
        assertRefused(use(USER, ARTICLES));

        assertThat(spring).isEqualTo(window("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
        assertThat(autumn).isEqualTo(window("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
        assertThat(windowAt("2026-10-25T23:00:00Z").start()).isEqualTo(Instant.parse("2026-10-25T23:00:00Z"));
    }

    @Test
    @DisplayName("R16: where the clock skips midnight, the day begins at the first instant there is")
    void skippedMidnight() {
        plan("free", feature(ARTICLES, 2, ResetPeriod.DAILY));
        subscribe("free", Anchor.inZone(ZoneId.of("Asia/Beirut")));

        assertThat(windowAt("2026-03-28T21:59:59Z")).isEqualTo(window("2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z"));
        assertThat(windowAt("2026-03-28T22:00:00Z")).isEqualTo(window("2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"));
    }

    @Test
    @DisplayName(
            "R17: a change of zone waits for the window's end; the next window starts there and ends at the new midnight")
    void changeOfZone() {
        dailyArticles(3);
        use(USER, ARTICLES, 2);
        subscribe("free", Anchor.inZone(ZoneId.of("Asia/Shanghai")));

        Decision still = use(USER, ARTICLES);
        assertThat(still.used()).isEqualTo(3);
        assertThat(still.resetsAt()).contains(MIDNIGHT);
        assertRefused(use(USER, ARTICLES));
        assertThat(windowAt("2026-03-11T00:00:00Z")).isEqualTo(window("2026-03-11T00:00:00Z", "2026-03-11T16:00:00Z"));
        assertThat(windowAt("2026-03-11T16:00:00Z")).isEqualTo(window("2026-03-11T16:00:00Z", "2026-03-12T16:00:00Z"));
    }

    @Test
    @DisplayName("R17: changing the zone to and fro neither leaves a gap nor an overlap, and gives no window twice")
    void changingToAndFro() {
        dailyArticles(3);
        List<Window> seen = new ArrayList<>();
        String[] zones = {"America/New_York", "Asia/Shanghai", "UTC", "Asia/Kolkata", "Pacific/Kiritimati", "UTC"};
        for (String zone : zones) {
            for (int hour = 0; hour < 35; hour++) {
                seen.add(use(USER, ARTICLES, 1).window().orElseThrow());
                advance(Duration.ofHours(1));
            }
            subscribe("free", Anchor.inZone(ZoneId.of(zone)));
        }

        List<Window> windows = seen.stream().distinct().toList();
        for (int i = 1; i < windows.size(); i++) {
            assertThat(windows.get(i).start()).isEqualTo(windows.get(i - 1).end());
        }
        assertThat(windows).hasSizeGreaterThan(6);
    }

    @Test
    @DisplayName("R17: a subject that used a default plan's windows gets no fresh ones by subscribing in another zone")
    void anchorAfterTheDefaultPlan() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.plans().setDefault("free", BY_TEST);
        use(USER, ARTICLES, 3);

        subscribe("free", Anchor.inZone(ZoneId.of("Asia/Shanghai")));

        assertRefused(use(USER, ARTICLES));
        assertThat(quota.check(USER, ARTICLES).resetsAt()).contains(MIDNIGHT);
    }

    @Test
    @DisplayName("R18: a reset takes back what is used by one ledger row, and the window stays")
    void manualReset() {
        dailyArticles(3);
        use(USER, ARTICLES, 3);

        Decision reset = quota.reset(USER, ARTICLES, BY_TEST.because("support case 9"));

        assertAllowed(reset);
        assertThat(reset.used()).isZero();
        assertThat(reset.resetsAt()).contains(MIDNIGHT);
        UsageRecord row = rows(USER).get(0);
        assertThat(row.operation()).isEqualTo(UsageRecord.Operation.RESET);
        assertThat(row.amount()).isEqualTo(-3);
        assertThat(row.usedAfter()).isZero();
        assertThat(row.metadata()).containsEntry("actor", "contract").containsEntry("reason", "support case 9");
        assertThat(use(USER, ARTICLES, 3).remaining()).hasValue(0);
    }

    @Test
    @DisplayName("R18: a reset run twice equals one, and one of nothing is harmless")
    void resetTwice() {
        dailyArticles(3);
        assertThat(quota.reset(USER, ARTICLES, BY_TEST).used()).isZero();
        use(USER, ARTICLES, 3);

        quota.reset(USER, ARTICLES, BY_TEST);
        quota.reset(USER, ARTICLES, BY_TEST);

        assertThat(used(USER, ARTICLES)).isZero();
        assertThat(rows(USER).stream().mapToLong(UsageRecord::amount).sum()).isZero();
        use(USER, ARTICLES, 3);
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R18: a reset touches the current window alone")
    void resetTouchesTheCurrentWindow() {
        dailyArticles(3);
        use(USER, ARTICLES, 3);
        setTime(MIDNIGHT);

        quota.reset(USER, ARTICLES, BY_TEST);

        assertThat(rows(USER).stream()
                        .filter(row -> MIDNIGHT.equals(row.window().end()))
                        .mapToLong(UsageRecord::amount)
                        .sum())
                .isEqualTo(3);
    }
}
