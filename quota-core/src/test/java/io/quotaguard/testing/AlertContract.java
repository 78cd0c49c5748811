package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertLevel;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R26–R28 and R31: which alerts fire. */
abstract class AlertContract extends ContractGroup {
    AlertContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void override(long units) {
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, units), BY_TEST);
    }

    /** Percent and limit, the last usage below, and the first that reaches it. */
    @ParameterizedTest
    @CsvSource({
        "80, 100, 79, 80",
        "80, 7, 5, 6",
        "95, 100, 94, 95",
        "95, 7, 6, 7",
        "33, 100, 32, 33",
        "1, 1000, 9, 10",
        "100, 3, 2, 3",
        "80, 9007199254740991, 7205759403792792, 7205759403792793"
    })
    @DisplayName("R26: an alert fires at its exact percentage, and not a unit earlier")
    void firesAtItsExactPercentage(int percent, long limit, long below, long at) {
        plan("free", feature(ARTICLES, limit, ResetPeriod.DAILY).thresholds(percent));
        subscribe(USER, "free");

        use(USER, ARTICLES, below);
        assertThat(fired(USER)).isEmpty();
        use(USER, ARTICLES, at - below);

        assertThat(fired(USER)).containsExactly(percent);
    }

    @Test
    @DisplayName("R26: an alert tells subject, feature, window, threshold, usage, limit and time")
    void alertTellsWhatHappened() {
        dailyArticles(10);

        use(USER, ARTICLES, 9);

        assertThat(alerts(USER)).singleElement().satisfies(alert -> {
            assertThat(alert.subject()).isEqualTo(USER);
            assertThat(alert.feature()).isEqualTo(ARTICLES);
            assertThat(alert.window()).isEqualTo(new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT));
            assertThat(alert.threshold()).isEqualTo(80);
            assertThat(alert.level()).isEqualTo(AlertLevel.WARNING);
            assertThat(alert.used()).isEqualTo(9);
            assertThat(alert.limit()).isEqualTo(Limit.of(10));
            assertThat(alert.firedAt()).isEqualTo(NOON);
            assertThat(alert.sent()).isFalse();
        });
    }

    @Test
    @DisplayName("R26: thresholds may be any set, above 100 % as well, or none")
    void anySetOfThresholds() {
        plan(
                "free",
                feature(ARTICLES, 10, ResetPeriod.DAILY).thresholds(10, 50, 150),
                feature(PUBLISH, 10, ResetPeriod.DAILY).withoutAlerts());
        subscribe(USER, "free");

        use(USER, ARTICLES, 10);
        use(USER, PUBLISH, 10);
        assertThat(fired(USER)).containsExactly(10, 50);
        override(6);

        assertThat(fired(USER)).containsExactly(10, 50, 150);
    }

    @Test
    @DisplayName("R27: a jump from 0 to 100 % emits 80, 95 and 100, ascending, once each")
    void jump() {
        dailyArticles(100);

        use(USER, ARTICLES, 100);

        assertThat(fired(USER)).containsExactly(80, 95, 100);
        assertThat(alerts(USER)).extracting(Alert::used).containsOnly(100L);
        assertThat(alerts(USER))
                .extracting(Alert::level)
                .containsExactly(AlertLevel.WARNING, AlertLevel.CRITICAL, AlertLevel.EXHAUSTED);
    }

    @Test
    @DisplayName("R28: a threshold fires once however often it is passed on the way up")
    void firesOnce() {
        dailyArticles(100);

        for (int n = 0; n < 100; n++) {
            use(USER, ARTICLES);
        }

        assertThat(fired(USER)).containsExactly(80, 95, 100);
        assertThat(alerts(USER)).extracting(Alert::used).containsExactly(80L, 95L, 100L);
        assertThat(alerts(USER)).extracting(Alert::id).isSorted().doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("R31: unlimited and zero have no percentages")
    void unlimitedAndZero() {
        dailyArticles(-1);
        use(USER, ARTICLES, Units.MAX);
        override(0);
        assertRefused(use(USER, ARTICLES));

        assertThat(fired(USER)).isEmpty();
    }

    @Test
    @DisplayName("R26: several features and subjects fire for themselves, in one call as well")
    void featuresFireForThemselves() {
        plan("free", feature(ARTICLES, 10, ResetPeriod.DAILY), feature(PUBLISH, 10, ResetPeriod.DAILY));
        subscribe(USER, "free");
        subscribe("team-7", "free");

        quota.checkAndRecordAll(List.of(line(USER, ARTICLES, 8), line(USER, PUBLISH, 1), line("team-7", ARTICLES, 10)));

        assertThat(alerts(USER))
                .extracting(Alert::feature, Alert::threshold)
                .containsExactly(Tuple.tuple(ARTICLES, 80));
        assertThat(fired("team-7")).containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("R33: alerts are listed and counted, of one subject or of all, and marked sent once")
    void listedCountedAndMarked() {
        dailyArticles(10);
        subscribe("team-7", "free");
        use(USER, ARTICLES, 10);
        use("team-7", ARTICLES, 8);
        Alert first = alerts(USER).get(0);

        assertThat(quota.alerts().markSent(first.id())).isTrue();
        assertThat(quota.alerts().markSent(first.id())).isFalse();
        assertThat(quota.alerts().markSent(Long.MAX_VALUE)).isFalse();

        assertThat(quota.alerts().unsent(USER, 10)).extracting(Alert::threshold).containsExactly(95, 100);
        assertThat(quota.alerts().unsent(10)).hasSize(3);
        assertThat(quota.alerts().unsent(2)).hasSize(2);
        assertThat(quota.alerts().list(USER, first.id(), 10))
                .extracting(Alert::threshold)
                .containsExactly(95, 100);
        assertThat(alerts(USER).get(0).sent()).isTrue();
        AlertStatistics mine = quota.alerts().statistics(USER);
        assertThat(mine.unsent()).isEqualTo(2);
        assertThat(mine.fired()).containsEntry(AlertLevel.WARNING, 1L).containsEntry(AlertLevel.EXHAUSTED, 1L);
        assertThat(quota.alerts().statistics().total()).isEqualTo(4);
    }

    @Test
    @DisplayName("R33: the alerts of all subjects are read page by page, each once")
    void allSubjectsByPages() {
        dailyArticles(10);
        for (int n = 0; n < 5; n++) {
            subscribe("team-" + n, "free");
            use("team-" + n, ARTICLES, 10);
        }

        List<Alert> read = new ArrayList<>();
        List<Alert> page = quota.alerts().list(0, 4);
        while (!page.isEmpty()) {
            read.addAll(page);
            page = quota.alerts().list(page.get(page.size() - 1).id(), 4);
        }

        assertThat(read).hasSize(15).extracting(Alert::id).isSorted().doesNotHaveDuplicates();
        assertThat(quota.alerts().unsent(read.get(11).id(), 100)).containsExactlyElementsOf(read.subList(12, 15));
    }

    @Test
    @DisplayName("R33: several alerts are marked sent at once, and only those that were not are counted")
    void severalMarkedSent() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        List<Long> ids = alerts(USER).stream().map(Alert::id).toList();

        assertThat(quota.alerts().markSent(ids.subList(0, 2))).isEqualTo(2);
        assertThat(quota.alerts().markSent(List.of(ids.get(1), ids.get(2), Long.MAX_VALUE)))
                .isEqualTo(1);
        assertThat(quota.alerts().markSent(List.of())).isZero();

        assertThat(quota.alerts().unsent(10)).isEmpty();
    }

    @Test
    @DisplayName("R33: that a person has read an alert is one thing, and that it was sent another")
    void readIsNotSent() {
        dailyArticles(10);
        subscribe("team-7", "free");
        use(USER, ARTICLES, 10);
        use("team-7", ARTICLES, 8);
        List<Long> ids = alerts(USER).stream().map(Alert::id).toList();
        quota.alerts().markSent(ids.get(0));

        assertThat(quota.alerts().markRead(ids.get(1))).isTrue();
        assertThat(quota.alerts().markRead(ids.get(1))).isFalse();
        assertThat(quota.alerts().markRead(Long.MAX_VALUE)).isFalse();

        assertThat(alerts(USER)).extracting(Alert::sent).containsExactly(true, false, false);
        assertThat(alerts(USER)).extracting(Alert::read).containsExactly(false, true, false);
        assertThat(quota.alerts().unread(USER, 0, 10))
                .extracting(Alert::threshold)
                .containsExactly(80, 100);
        assertThat(quota.alerts().unread(ids.get(0), 10))
                .extracting(Alert::subject)
                .containsExactly(USER, "team-7");
        assertThat(quota.alerts().unsent(USER, 10)).extracting(Alert::threshold).containsExactly(95, 100);
        assertThat(quota.alerts().statistics(USER).unread()).isEqualTo(2);
        assertThat(quota.alerts().statistics().unread()).isEqualTo(3);
        assertThat(quota.alerts().markRead(ids)).isEqualTo(2);
        assertThat(quota.alerts().statistics(USER).unread()).isZero();
    }

    @Test
    @DisplayName("R33: purging removes what was sent and fired before an instant, and nothing that is unsent")
    void purge() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        advance(Duration.ofHours(1));
        use(USER, ARTICLES, 2);
        List<Long> ids = alerts(USER).stream().map(Alert::id).toList();
        quota.alerts().markSent(ids.subList(0, 2));

        assertThat(quota.alerts().purge(NOON)).isZero();
        assertThat(quota.alerts().purge(NOON.plus(Duration.ofHours(1)))).isEqualTo(1);
        assertThat(alerts(USER)).extracting(Alert::threshold).containsExactly(95, 100);
        assertThat(quota.alerts().purge(NOON.plus(Duration.ofHours(2)))).isEqualTo(1);

        assertThat(alerts(USER)).extracting(Alert::threshold).containsExactly(100);
        assertThat(quota.alerts().statistics(USER).total()).isEqualTo(1);
        advance(Duration.ofDays(1));
        use(USER, ARTICLES, 8);
        assertThat(alerts(USER)).extracting(Alert::threshold).containsExactly(100, 80);
    }
}
