package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Forecast;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R42, with R16 and R41: what is read of the ledger: rows, sums, who used most, and where it leads. */
abstract class ReadsContract extends ContractGroup {
    private static final Offset<Double> EXACTLY = Offset.offset(1e-9);
    private static final LocalDate DAY = LocalDate.parse("2026-03-10");
    private static final String MATE = "user-43";
    private static final String TEAM = "team-7";

    ReadsContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void plan(PlanFeature... features) {
        plan("plan", features);
        subscribe(USER, "plan");
    }

    private List<Long> amounts(UsageQuery query) {
        return quota.usage().records(query).stream().map(UsageRecord::amount).toList();
    }

    private List<PeriodUsage> statistics(StatisticsQuery query) {
        return quota.usage().statistics(query);
    }

    private Forecast forecast() {
        return quota.usage().forecast(USER, ARTICLES).orElseThrow();
    }

    @Test
    @DisplayName("R42: rows are chosen by operation, key, feature and span, and by all of these together")
    void filters() {
        plan(feature(ARTICLES, 100, ResetPeriod.DAILY), feature(PUBLISH, 100, ResetPeriod.DAILY));
        useWithKey("k", USER, ARTICLES, 1);
        useWithKey("k", USER, PUBLISH, 2);
        setTime(NOON.plusSeconds(10));
        quota.reserve(line(USER, ARTICLES, 4).key("held"), Duration.ofMinutes(5))
                .commit();
        quota.usage().correct(Correction.ofKey(USER, ARTICLES, "held").by(3), BY_TEST.key("c"));
        setTime(NOON.plusSeconds(20));
        quota.reset(USER, PUBLISH, BY_TEST.key("r"));
        useWithKey("later", USER, ARTICLES, 16);
        UsageQuery all = UsageQuery.of(USER);

        assertThat(amounts(all)).containsExactly(16L, -2L, -3L, 4L, 2L, 1L);
        assertThat(amounts(all.operation(UsageRecord.Operation.RECORD))).containsExactly(16L, 2L, 1L);
        assertThat(amounts(all.operation(UsageRecord.Operation.COMMIT))).containsExactly(4L);
        assertThat(amounts(all.operation(UsageRecord.Operation.CORRECT))).containsExactly(-3L);
        assertThat(amounts(all.operation(UsageRecord.Operation.RESET))).containsExactly(-2L);
        assertThat(amounts(all.key("k"))).containsExactly(2L, 1L);
        assertThat(amounts(all.key("held"))).containsExactly(4L);
        assertThat(amounts(all.key("nope"))).isEmpty();
        UsageQuery some = all.feature(ARTICLES).operation(UsageRecord.Operation.RECORD);
        assertThat(amounts(some.between(NOON, NOON.plusSeconds(20)))).containsExactly(1L);
        assertThat(amounts(some.between(NOON.plus(TICK), NOON.plusSeconds(20).plus(TICK))))
                .containsExactly(16L);
        assertThat(amounts(some.key("k").between(NOON, NOON.plus(TICK)))).containsExactly(1L);
        assertThat(amounts(
                        some.key("k").before(quota.usage().records(all).get(5).id())))
                .isEmpty();
    }

    @Test
    @DisplayName("R42: pages have neither gap nor repeat, also with a filter, and while rows are being added")
    void pages() {
        plan(feature(ARTICLES, 1000, ResetPeriod.DAILY), feature(PUBLISH, 1000, ResetPeriod.DAILY));
        for (int n = 1; n <= 20; n++) {
            use(USER, n % 2 == 0 ? ARTICLES : PUBLISH, n);
            use(USER, ARTICLES, 100);
        }
        List<UsageRecord> before =
                quota.usage().records(UsageQuery.of(USER).feature(ARTICLES).pageSize(UsageQuery.MAX_PAGE_SIZE));
        UsageQuery query = UsageQuery.of(USER)
                .feature(ARTICLES)
                .operation(UsageRecord.Operation.RECORD)
                .pageSize(7);

        List<UsageRecord> all = new ArrayList<>(quota.usage().records(query));
        for (List<UsageRecord> page = all; !page.isEmpty(); ) {
            use(USER, ARTICLES, 1);
            page = quota.usage().records(query.before(all.get(all.size() - 1).id()));
            all.addAll(page);
        }

        assertThat(all).isEqualTo(before);
    }

    @Test
    @DisplayName(
            "R16: days are those of the subject's own zone, also one of 23 hours, with a zero for one without a use")
    void daysOfTheOwnZone() {
        plan("plan", feature(ARTICLES, 1000, ResetPeriod.MONTHLY));
        quota.subscriptions().subscribe(USER, "plan", Anchor.inZone("Europe/Berlin"), BY_TEST);
        useAt("2026-03-28T22:59:59.999999Z", 1);
        useAt("2026-03-28T23:00:00Z", 2);
        useAt("2026-03-29T21:59:59.999999Z", 4);
        useAt("2026-03-29T22:00:00Z", 8);
        useAt("2026-03-31T21:59:59.999999Z", 16);
        LocalDate first = LocalDate.parse("2026-03-28");

        assertThat(statistics(StatisticsQuery.daily(USER, first, first.plusDays(4))))
                .containsExactly(
                        new PeriodUsage(ARTICLES, first, 1, 1, 0),
                        new PeriodUsage(ARTICLES, first.plusDays(1), 6, 2, 0),
                        new PeriodUsage(ARTICLES, first.plusDays(2), 8, 1, 0),
                        new PeriodUsage(ARTICLES, first.plusDays(3), 16, 1, 0),
                        new PeriodUsage(ARTICLES, first.plusDays(4), 0, 0, 0));
        assertThat(statistics(StatisticsQuery.daily(USER, first, first).zone(ZoneOffset.UTC)))
                .containsExactly(new PeriodUsage(ARTICLES, first, 3, 2, 0));
    }

    private void useAt(String instant, long units) {
        setTime(instant);
        assertAllowed(use(USER, ARTICLES, units));
    }

    @Test
    @DisplayName("R42: weeks go from Monday, months from the first, each whole, whatever day the span begins on")
    void weeksAndMonths() {
        plan(feature(ARTICLES, 1000, ResetPeriod.NEVER));
        useAt("2026-03-15T23:59:59Z", 1);
        useAt("2026-03-16T00:00:00Z", 2);
        useAt("2026-03-31T23:59:59Z", 4);
        useAt("2026-05-01T00:00:00Z", 8);

        assertThat(statistics(
                        StatisticsQuery.weekly(USER, LocalDate.parse("2026-03-12"), LocalDate.parse("2026-03-23"))))
                .containsExactly(
                        new PeriodUsage(ARTICLES, LocalDate.parse("2026-03-09"), 1, 1, 0),
                        new PeriodUsage(ARTICLES, LocalDate.parse("2026-03-16"), 2, 1, 0),
                        new PeriodUsage(ARTICLES, LocalDate.parse("2026-03-23"), 0, 0, 0));
        assertThat(statistics(
                        StatisticsQuery.monthly(USER, LocalDate.parse("2026-03-31"), LocalDate.parse("2026-05-01"))))
                .containsExactly(
                        new PeriodUsage(ARTICLES, LocalDate.parse("2026-03-01"), 7, 3, 0),
                        new PeriodUsage(ARTICLES, LocalDate.parse("2026-04-01"), 0, 0, 0),
                        new PeriodUsage(ARTICLES, LocalDate.parse("2026-05-01"), 8, 1, 0));
    }

    @Test
    @DisplayName("R42: sums reach to the first and the last days that there are, in every zone")
    void firstAndLastDays() {
        plan(feature(ARTICLES, 10, ResetPeriod.DAILY));
        use(USER, ARTICLES, 1);
        LocalDate first = LocalDate.parse("0001-01-01");
        LocalDate last = LocalDate.parse("9999-12-31");

        for (String zone : List.of("Pacific/Kiritimati", "Etc/GMT+12")) {
            for (LocalDate day : List.of(first, last)) {
                assertThat(statistics(StatisticsQuery.daily(USER, day, day)
                                .feature(ARTICLES)
                                .zone(ZoneId.of(zone))))
                        .containsExactly(new PeriodUsage(ARTICLES, day, 0, 0, 0));
            }
        }
        assertThat(quota.usage()
                        .top(ARTICLES, Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59Z"), 1))
                .containsExactly(new TopUser(USER, 1, 1));
    }

    @Test
    @DisplayName("R42: a feature that was not used is left out, unless it is asked for: then it is all zeros")
    void unusedFeatures() {
        plan(feature(ARTICLES, 10, ResetPeriod.DAILY), feature(PUBLISH, 10, ResetPeriod.DAILY));
        use(USER, ARTICLES, 1);
        StatisticsQuery today = StatisticsQuery.daily(USER, DAY, DAY);

        assertThat(statistics(today)).containsExactly(new PeriodUsage(ARTICLES, DAY, 1, 1, 0));
        assertThat(statistics(today.feature(PUBLISH))).containsExactly(new PeriodUsage(PUBLISH, DAY, 0, 0, 0));
        assertThat(statistics(StatisticsQuery.daily(USER, DAY.plusDays(1), DAY.plusDays(2))))
                .isEmpty();
    }

    @Test
    @DisplayName(
            "R41: sums of the overage are of what is left of it; corrections count on their own day and are no uses")
    void overageAndCorrections() {
        plan(feature(ARTICLES, 10, ResetPeriod.DAILY).overage(Overage.SOFT));
        useWithKey("k", USER, ARTICLES, 13);
        useWithKey("taken-back", USER, ARTICLES, 2);
        quota.usage().correct(Correction.ofKey(USER, ARTICLES, "taken-back").to(0), BY_TEST);
        setTime(MIDNIGHT);

        assertThat(statistics(StatisticsQuery.daily(USER, DAY, DAY)))
                .containsExactly(new PeriodUsage(ARTICLES, DAY, 13, 2, 3));
        quota.usage().correct(Correction.ofKey(USER, ARTICLES, "k").by(4), BY_TEST);

        assertThat(statistics(StatisticsQuery.daily(USER, DAY, DAY.plusDays(1))))
                .containsExactly(
                        new PeriodUsage(ARTICLES, DAY, 13, 2, 3),
                        new PeriodUsage(ARTICLES, DAY.plusDays(1), -4, 0, -3));
        assertThat(statistics(StatisticsQuery.monthly(USER, DAY, DAY)))
                .containsExactly(new PeriodUsage(ARTICLES, DAY.withDayOfMonth(1), 9, 2, 0));
    }

    @Test
    @DisplayName("R40: a pool's sums have what its members used; who used most is told of users, not of their pools")
    void pools() {
        plan(feature(ARTICLES, 100, ResetPeriod.DAILY));
        subscribe(TEAM, "plan");
        quota.pools().join(USER, TEAM, BY_TEST);
        quota.pools().join(MATE, TEAM, BY_TEST);
        useWithKey("k", USER, ARTICLES, 5);
        use(MATE, ARTICLES, 7);
        quota.usage().correct(Correction.ofKey(USER, ARTICLES, "k").by(2), BY_TEST);

        assertThat(statistics(StatisticsQuery.daily(TEAM, DAY, DAY)))
                .containsExactly(new PeriodUsage(ARTICLES, DAY, 10, 2, 0));
        assertThat(quota.usage().top(ARTICLES, NOON, MIDNIGHT, 10))
                .containsExactly(new TopUser(MATE, 7, 1), new TopUser(USER, 3, 1));
        assertThat(quota.poolOverview(TEAM).shares(ARTICLES))
                .containsExactly(new PoolShare(MATE, 7), new PoolShare(USER, 3));
    }

    @Test
    @DisplayName("R42: who used most comes first, of equals by name, in a span that is open at its end")
    void top() {
        plan(feature(ARTICLES, 100, ResetPeriod.NEVER), feature(PUBLISH, 100, ResetPeriod.NEVER));
        for (String user : List.of("a", "c", "b", "d", "e")) {
            subscribe(user, "plan");
        }
        use("a", ARTICLES, 1);
        setTime(NOON.plusSeconds(10));
        use("a", ARTICLES, 2);
        use("b", ARTICLES, 4);
        use("c", ARTICLES, 1);
        use("c", ARTICLES, 3);
        use("d", PUBLISH, 9);
        use("e", ARTICLES, 9);
        quota.reset("e", ARTICLES, BY_TEST);
        setTime(NOON.plusSeconds(20));
        use("a", ARTICLES, 50);
        Instant from = NOON.plusSeconds(10);
        Instant to = NOON.plusSeconds(20);

        List<TopUser> all = quota.usage().top(ARTICLES, from, to, 10);

        assertThat(all)
                .containsExactly(
                        new TopUser("b", 4, 1), new TopUser("c", 4, 2), new TopUser("a", 2, 1), new TopUser("e", 0, 1));
        assertThat(quota.usage().top(ARTICLES, from, to, 2)).isEqualTo(all.subList(0, 2));
        assertThat(quota.usage().top(ARTICLES, from, from, 10)).isEmpty();
        assertThat(quota.usage().top(ARTICLES, LONG_AGO, to.plus(TICK), 1)).containsExactly(new TopUser("a", 53, 3));
        assertThat(quota.usage().top("nothing", LONG_AGO, to, 1)).isEmpty();
    }

    @Test
    @DisplayName("R42: a forecast goes on at the rate of the window so far, and tells when that uses the limit up")
    void forecastOfADay() {
        plan(feature(ARTICLES, 100, ResetPeriod.DAILY));
        useWithKey("k", USER, ARTICLES, 60);

        assertThat(forecast().used()).isEqualTo(60);
        assertThat(forecast().asOf()).isEqualTo(NOON);
        assertThat(forecast().windowPassed()).isEqualTo(0.5, EXACTLY);
        assertThat(forecast().limitUsed()).isEqualTo(0.6, EXACTLY);
        assertThat(forecast().unitsPerDay()).isEqualTo(120, EXACTLY);
        assertThat(forecast().exhaustedAt()).contains(NOON.plus(Duration.ofHours(8)));
        quota.usage().correct(Correction.ofKey(USER, ARTICLES, "k").to(25), BY_TEST);

        assertThat(forecast().unitsPerDay()).isEqualTo(50, EXACTLY);
        assertThat(forecast().exhaustedAt()).as("the window ends before").isEmpty();
        use(USER, ARTICLES, 75);
        setTime(NOON.plusSeconds(60));

        assertThat(forecast().exhaustedAt()).as("it is now").contains(NOON.plusSeconds(60));
    }

    @Test
    @DisplayName(
            "R42: of a window without an end the rate is taken since the first use, and without a use there is none")
    void forecastWithoutAnEnd() {
        plan(feature(ARTICLES, 100, ResetPeriod.NEVER));

        assertThat(forecast().since()).isNull();
        assertThat(forecast().unitsPerDay()).isZero();
        assertThat(forecast().exhaustedAt()).isEmpty();
        use(USER, ARTICLES, 10);
        setTime(NOON.plus(Duration.ofDays(2)));
        use(USER, ARTICLES, 10);

        assertThat(forecast().since()).isEqualTo(NOON);
        assertThat(forecast().unitsPerDay()).isEqualTo(10, EXACTLY);
        assertThat(forecast().windowPassed()).isZero();
        assertThat(forecast().exhaustedAt()).contains(NOON.plus(Duration.ofDays(10)));
    }

    @Test
    @DisplayName(
            "R38: a forecast is of the limit with the grants; without a limit there is no end, without the feature none")
    void forecastOfOtherLimits() {
        plan(feature(ARTICLES, 50, ResetPeriod.DAILY), feature(PUBLISH, -1, ResetPeriod.DAILY));
        quota.grants().give(Grant.of(USER, ARTICLES, 50), BY_TEST);
        use(USER, ARTICLES, 60);
        use(USER, PUBLISH, 60);

        assertThat(forecast().limit()).isEqualTo(Limit.of(100));
        assertThat(forecast().exhaustedAt()).contains(NOON.plus(Duration.ofHours(8)));
        Forecast unlimited = quota.usage().forecast(USER, PUBLISH).orElseThrow();
        assertThat(unlimited.unitsPerDay()).isEqualTo(120, EXACTLY);
        assertThat(unlimited.limitUsed()).isZero();
        assertThat(unlimited.exhaustedAt()).isEmpty();
        assertThat(quota.usage().forecast(USER, KEYWORDS)).isEmpty();
        assertThat(quota.usage().forecast("nobody", ARTICLES)).isEmpty();
    }
}
