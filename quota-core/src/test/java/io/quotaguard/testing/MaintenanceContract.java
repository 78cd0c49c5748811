package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.Pruned;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Retention;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R10, R42: what maintenance removes, and what it leaves. */
abstract class MaintenanceContract extends ContractGroup {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration BUDGET = Duration.ofSeconds(30);
    /** Windows for two days after their end. */
    private static final Retention SHORT = Retention.DEFAULT
            .withCorrectionTime(DAY)
            .withLedger(Duration.ofDays(2))
            .withAlerts(Duration.ofDays(30));

    /** Keeps as {@link #SHORT} says. */
    private QuotaGuard keeper;

    MaintenanceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void buildKeeper() {
        keeper = keeping(SHORT);
    }

    private QuotaGuard keeping(Retention retention) {
        return closing(
                QuotaGuard.builder(store).timeout(TIMEOUT).retention(retention).build());
    }

    private static Pruned windows(long windows, long records) {
        return new Pruned(windows, records, 0, 0, 0, true);
    }

    @Test
    @DisplayName("R10: a window goes as a whole at its retention's end, and not a moment before")
    void windowsGo() {
        dailyArticles(10);
        use(USER, ARTICLES, 4);
        use(USER, ARTICLES, 3);
        setTime(MIDNIGHT.plus(DAY));
        use(USER, ARTICLES, 2);

        setTime(MIDNIGHT.plus(Duration.ofDays(2)).minus(TICK));
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);
        assertThat(rows(USER)).hasSize(3);
        setTime(MIDNIGHT.plus(Duration.ofDays(2)));
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(windows(1, 2));

        assertThat(rows(USER)).extracting(UsageRecord::amount).containsExactly(2L);
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);
        assertThat(keeper.usage().verify(null, TIMEOUT, drift -> {}).counters()).isEqualTo(1);
    }

    @Test
    @DisplayName("R10: the longer of correction time and the ledger's retention counts, 35 and 400 days unless set")
    void theLongerCounts() {
        dailyArticles(10);
        use(USER, ARTICLES);
        QuotaGuard corrects = keeping(SHORT.withCorrectionTime(Duration.ofDays(5)));
        setTime(MIDNIGHT.plus(Duration.ofDays(5)).minus(TICK));
        assertThat(corrects.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);
        setTime(MIDNIGHT.plus(Duration.ofDays(400)).minus(TICK));
        assertThat(quota.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);
        setTime(MIDNIGHT.plus(Duration.ofDays(400)));

        assertThat(quota.maintenance().run(BUDGET)).isEqualTo(windows(1, 1));
    }

    @Test
    @DisplayName("R10: a key is answered as at first for as long as its window is kept, also after a run")
    void keysWithinRetention() {
        dailyArticles(10);
        useWithKey("k1", USER, ARTICLES, 4);
        setTime(MIDNIGHT.plus(DAY));
        Decision second = useWithKey("k2", USER, ARTICLES, 3);
        setTime(MIDNIGHT.plus(Duration.ofDays(3)));
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(windows(1, 1));

        Decision again = useWithKey("k2", USER, ARTICLES, 3);
        Decision anew = useWithKey("k1", USER, ARTICLES, 4);

        assertThat(again.replayed()).isTrue();
        assertThat(again.window()).isEqualTo(second.window());
        assertThat(anew.replayed()).isFalse();
        assertThat(used(USER, ARTICLES)).isEqualTo(4);
    }

    @Test
    @DisplayName("R10: windows that never end stay, with their keys")
    void permanentStays() {
        plan("free", feature(ARTICLES, 10, ResetPeriod.NEVER));
        subscribe(USER, "free");
        useWithKey("k", USER, ARTICLES, 4);
        setTime(NOON.plus(Duration.ofDays(5000)));

        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);

        assertThat(useWithKey("k", USER, ARTICLES, 4).replayed()).isTrue();
        assertThat(used(USER, ARTICLES)).isEqualTo(4);
    }

    @Test
    @DisplayName(
            "R36: a window in which units are held stays, and they can be charged there; then it goes with the hold")
    void holdsStay() {
        dailyArticles(10);
        Reservation held = quota.reserve(line(USER, ARTICLES, 3), Duration.ofDays(5));
        setTime(MIDNIGHT.plus(Duration.ofDays(4)));
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);

        Decision committed = held.commit();
        assertThat(committed.allowed()).isTrue();
        assertThat(rows(USER)).extracting(row -> row.window().end()).containsOnly(MIDNIGHT);
        String id = held.id();
        Pruned pruned = keeper.maintenance().run(BUDGET);

        assertThat(pruned.windows()).isEqualTo(1);
        assertThat(pruned.reservations()).isEqualTo(1);
        assertThat(rows(USER)).isEmpty();
        assertThat(quota.reservation(id)).isEmpty();
    }

    @Test
    @DisplayName("R35: a hold that ended by itself keeps nothing, whether or not anything looked")
    void expiredHolds() {
        dailyArticles(10);
        quota.reserve(line(USER, ARTICLES, 3), Duration.ofHours(1));
        setTime(MIDNIGHT.plus(Duration.ofDays(4)));

        Pruned pruned = keeper.maintenance().run(BUDGET);

        assertThat(pruned.windows()).isEqualTo(1);
        assertThat(pruned.reservations()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "R37: a pool's window stays while a use that charged it is kept, whose answer and correction it belongs to")
    void windowsOfPools() {
        plan("monthly", feature(ARTICLES, 10, ResetPeriod.MONTHLY));
        plan("team", feature(ARTICLES, 100, ResetPeriod.DAILY));
        subscribe(USER, "monthly");
        subscribe("team-7", "team");
        quota.pools().join(USER, "team-7", BY_TEST);
        Decision first = useWithKey("k", USER, ARTICLES, 4);
        setTime("2026-03-30T12:00:00Z");
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);

        Decision again = useWithKey("k", USER, ARTICLES, 4);
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        keeper.usage().correct(Correction.ofKey(USER, ARTICLES, "k").by(1), BY_TEST);
        assertThat(rows("team-7")).extracting(UsageRecord::amount).containsExactly(-1L, 4L);

        setTime("2026-04-03T12:00:00Z");
        assertThat(keeper.maintenance().run(BUDGET).windows()).isBetween(1L, 2L);
        assertThat(keeper.maintenance().run(BUDGET).windows()).isBetween(0L, 1L);
        assertThat(rows("team-7")).isEmpty();
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R37: what is removed can be corrected no more, and the error says that there is no such use")
    void removedIsNotCorrected() {
        dailyArticles(10);
        useWithKey("k", USER, ARTICLES, 4);
        setTime(MIDNIGHT.plus(Duration.ofDays(3)));
        keeper.maintenance().run(BUDGET);

        assertThatThrownBy(() -> keeper.usage()
                        .correct(Correction.ofKey(USER, ARTICLES, "k").by(1), BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class);
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName(
            "R42: what is left of a history is read as before: pages, statistics and sums of the days that are kept")
    void readsAfterwards() {
        dailyArticles(10);
        for (int day = 0; day < 6; day++) {
            setTime(NOON.plus(Duration.ofDays(day)));
            use(USER, ARTICLES, day + 1);
        }
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(windows(3, 3));

        LocalDate first = LocalDate.parse("2026-03-10");
        assertThat(quota.usage()
                        .statistics(StatisticsQuery.daily(USER, first, first.plusDays(5))
                                .feature(ARTICLES)))
                .extracting(period -> period.units())
                .containsExactly(0L, 0L, 0L, 4L, 5L, 6L);
        assertThat(rows(USER)).extracting(UsageRecord::amount).containsExactly(6L, 5L, 4L);
    }

    @Test
    @DisplayName("R33: sent alerts go after their own time; unsent ones stay")
    void alertsGo() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        quota.alerts().markSent(alerts(USER).get(0).id());
        QuotaGuard forgetful = keeping(Retention.DEFAULT.withAlerts(DAY));
        setTime(NOON.plus(DAY));
        assertThat(forgetful.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);
        setTime(NOON.plus(DAY).plus(TICK));

        assertThat(forgetful.maintenance().run(BUDGET)).isEqualTo(new Pruned(0, 0, 0, 1, 0, true));

        assertThat(alerts(USER)).extracting(Alert::threshold).containsExactly(95, 100);
    }

    @Test
    @DisplayName("R44: the audit stays unless the host says how long, and then goes by its age")
    void auditStays() {
        dailyArticles(10);
        setTime(NOON.plus(Duration.ofDays(50)));
        Plan second = plan("second", feature(ARTICLES, 1, ResetPeriod.DAILY));
        assertThat(keeper.maintenance().run(BUDGET)).isEqualTo(Pruned.NOTHING);
        assertThat(quota.audit().changes(CatalogQuery.all())).hasSize(3);

        QuotaGuard forgetful = keeping(Retention.DEFAULT.withAudit(Duration.ofDays(40)));
        assertThat(forgetful.maintenance().run(BUDGET)).isEqualTo(new Pruned(0, 0, 0, 0, 2, true));

        assertThat(quota.audit().changes(CatalogQuery.all()))
                .extracting(entry -> entry.name())
                .containsExactly(second.code());
        assertThat(quota.plans().get("free")).isPresent();
    }

    @Test
    @DisplayName("R45: it ends when its time is up, says that there is more, and goes on the next time")
    void budget() {
        dailyArticles(10);
        use(USER, ARTICLES, 10);
        quota.alerts().markSent(alerts(USER).stream().map(Alert::id).toList());
        QuotaGuard forgetful = keeping(SHORT.withAlerts(DAY));
        setTime(MIDNIGHT.plus(Duration.ofDays(5)));

        Pruned first = forgetful.maintenance().run(Duration.ofNanos(1));
        Pruned second = forgetful.maintenance().run(BUDGET);

        assertThat(first.complete()).isFalse();
        assertThat(first.windows()).isEqualTo(1);
        assertThat(second.complete()).isTrue();
        assertThat(second.windows()).isZero();
    }
}
