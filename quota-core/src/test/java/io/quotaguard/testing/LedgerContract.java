package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Drift;
import io.quotaguard.model.Limit;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R42: the ledger, what can be read from it, and the proof that the counters equal it. */
abstract class LedgerContract extends ContractGroup {
    private static final Window TODAY = new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT);

    LedgerContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private List<UsageRecord> read(UsageQuery query) {
        return quota.usage().records(query);
    }

    @Test
    @DisplayName("R42: every allowed use is one row that tells what was charged")
    void rowTellsWhatWasCharged() {
        dailyArticles(10);
        quota.checkAndRecord(Usage.of(USER, ARTICLES).amount(4).key("k").with("job", "nightly"));
        setTime(NOON.plusSeconds(5));
        use(USER, ARTICLES, 2);

        UsageRecord row = rows(USER).get(1);

        assertThat(row.subject()).isEqualTo(USER);
        assertThat(row.feature()).isEqualTo(ARTICLES);
        assertThat(row.window()).isEqualTo(TODAY);
        assertThat(row.operation()).isEqualTo(UsageRecord.Operation.RECORD);
        assertThat(row.amount()).isEqualTo(4);
        assertThat(row.usedAfter()).isEqualTo(4);
        assertThat(row.limit()).isEqualTo(Limit.of(10));
        assertThat(row.key()).isEqualTo("k");
        assertThat(row.degraded()).isFalse();
        assertThat(row.metadata()).containsOnly(java.util.Map.entry("job", "nightly"));
        assertThat(row.recordedAt()).isEqualTo(NOON);
        assertThat(row.id()).isLessThan(rows(USER).get(0).id());
    }

    @Test
    @DisplayName("R42: rows are read newest first, a page at a time, each once")
    void pages() {
        dailyArticles(100);
        for (int n = 1; n <= 10; n++) {
            use(USER, ARTICLES, n);
        }
        UsageQuery query = UsageQuery.of(USER).pageSize(4);
        List<UsageRecord> all = new ArrayList<>(read(query));
        for (List<UsageRecord> page = all; !page.isEmpty(); ) {
            page = read(query.before(all.get(all.size() - 1).id()));
            all.addAll(page);
        }

        assertThat(all).extracting(UsageRecord::amount).containsExactly(10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
        assertThat(all).isEqualTo(rows(USER));
    }

    @Test
    @DisplayName("R42: rows are chosen by subject, feature and a span of time that is open at its end")
    void choosingRows() {
        plan("free", feature(ARTICLES, 9, ResetPeriod.DAILY), feature(PUBLISH, 9, ResetPeriod.DAILY));
        subscribe(USER, "free");
        subscribe("user-43", "free");
        use(USER, ARTICLES, 1);
        use("user-43", ARTICLES, 2);
        setTime(NOON.plusSeconds(10));
        use(USER, PUBLISH, 3);
        setTime(NOON.plusSeconds(20));
        use(USER, ARTICLES, 4);
        UsageQuery mine = UsageQuery.of(USER);

        assertThat(read(mine)).extracting(UsageRecord::amount).containsExactly(4L, 3L, 1L);
        assertThat(read(mine.feature(ARTICLES))).extracting(UsageRecord::amount).containsExactly(4L, 1L);
        assertThat(read(mine.between(NOON, NOON.plusSeconds(20))))
                .extracting(UsageRecord::amount)
                .containsExactly(3L, 1L);
        assertThat(read(mine.between(NOON.plusSeconds(20), NOON.plusSeconds(20))))
                .isEmpty();
        assertThat(read(UsageQuery.of("nobody"))).isEmpty();
    }

    @Test
    @DisplayName("R42: statistics add up per feature and day of the zone that is asked for")
    void statistics() {
        plan("free", feature(ARTICLES, 90, ResetPeriod.DAILY), feature(PUBLISH, 90, ResetPeriod.DAILY));
        subscribe(USER, "free");
        use(USER, ARTICLES, 1);
        use(USER, PUBLISH, 2);
        setTime("2026-03-10T15:59:59Z");
        use(USER, ARTICLES, 4);
        setTime("2026-03-10T16:00:00Z");
        use(USER, ARTICLES, 8);
        setTime("2026-03-12T00:00:00Z");
        use(USER, ARTICLES, 16);
        quota.reset(USER, ARTICLES, BY_TEST);
        LocalDate day = LocalDate.parse("2026-03-10");

        assertThat(quota.usage()
                        .statistics(StatisticsQuery.daily(USER, day, day.plusDays(1))
                                .zone(ZoneId.of("Asia/Shanghai"))))
                .containsExactly(
                        new PeriodUsage(ARTICLES, day, 5, 2, 0),
                        new PeriodUsage(ARTICLES, day.plusDays(1), 8, 1, 0),
                        new PeriodUsage(PUBLISH, day, 2, 1, 0),
                        new PeriodUsage(PUBLISH, day.plusDays(1), 0, 0, 0));
        assertThat(quota.usage()
                        .statistics(StatisticsQuery.daily(USER, day, day.plusDays(2))
                                .feature(ARTICLES)))
                .as("in the subject's own zone, UTC, with a zero for the day without a use")
                .containsExactly(
                        new PeriodUsage(ARTICLES, day, 13, 3, 0),
                        new PeriodUsage(ARTICLES, day.plusDays(1), 0, 0, 0),
                        new PeriodUsage(ARTICLES, day.plusDays(2), 0, 1, 0));
        assertThat(quota.usage().statistics(StatisticsQuery.daily("nobody", day, day)))
                .isEmpty();
    }

    @Test
    @DisplayName("R42: a counter that was changed behind the ledger's back is reported, and verifying mends nothing")
    void verifyReportsDrift() {
        dailyArticles(10);
        subscribe("user-43", "free");
        use(USER, ARTICLES, 4);
        use("user-43", ARTICLES, 4);
        Drift drift = new Drift(USER, ARTICLES, TODAY, 6, 4);

        fixture.corruptCounter(USER, ARTICLES, 2);

        assertThat(quota.usage().verify(TIMEOUT)).containsExactly(drift);
        assertThat(quota.usage().verify(TIMEOUT)).containsExactly(drift);
        assertThat(used(USER, ARTICLES)).isEqualTo(6);
        quota.usage().repair(BY_TEST, TIMEOUT);
    }

    @Test
    @DisplayName("R42: repairing sets the counter to its ledger, with an audit row, and finds nothing the second time")
    void repair() {
        dailyArticles(10);
        use(USER, ARTICLES, 4);
        use(USER, ARTICLES, 1);
        fixture.corruptCounter(USER, ARTICLES, -3);

        List<Drift> mended = quota.usage().repair(BY_TEST.because("drill"), TIMEOUT);

        assertThat(mended).containsExactly(new Drift(USER, ARTICLES, TODAY, 2, 5));
        assertThat(quota.usage().verify(TIMEOUT)).isEmpty();
        assertThat(quota.usage().repair(BY_TEST, TIMEOUT)).isEmpty();
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
        assertThat(use(USER, ARTICLES, 5).remaining()).hasValue(0);
        assertThat(rows(USER)).hasSize(3);
        List<CatalogEntry> audit = quota.audit().changes(CatalogQuery.about(Entity.COUNTER));
        assertThat(audit).singleElement().satisfies(entry -> {
            assertThat(entry.name()).isEqualTo(USER);
            assertThat(entry.change()).isEqualTo(BY_TEST.because("drill"));
            assertThat(entry.differences()).hasToString("[used: 2 → 5]");
            assertThat(entry.at()).isEqualTo(NOON);
        });
    }

    @Test
    @DisplayName("R42: every window of every counter is verified, ended ones too")
    void verifiesEndedWindows() {
        dailyArticles(10);
        use(USER, ARTICLES, 4);
        fixture.corruptCounter(USER, ARTICLES, 1);
        advance(Duration.ofDays(3));
        use(USER, ARTICLES, 2);

        assertThat(quota.usage().verify(TIMEOUT)).extracting(Drift::window).containsExactly(TODAY);
        assertThat(quota.usage().repair(BY_TEST, TIMEOUT)).hasSize(1);
    }
}
