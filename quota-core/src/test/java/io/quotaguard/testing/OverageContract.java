package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.model.UsageRecord;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R41, with R1, R5, R26 and R31: what is admitted beyond the limit, and how it is marked. */
abstract class OverageContract extends CrowdGroup {
    OverageContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void articles(long limit, Overage overage) {
        articles(feature(ARTICLES, limit, ResetPeriod.DAILY).overage(overage));
    }

    private void articles(PlanFeature terms) {
        plan("plan", terms);
        subscribe(USER, "plan");
    }

    private static long overage(Decision decision) {
        return decision.verdicts().get(0).overage();
    }

    @ParameterizedTest
    @CsvSource({
        "10, hard, 10",
        "10, +1, 11",
        "10, +5, 15",
        "10, +10%, 11",
        "9, +10%, 9",
        "19, +10%, 20",
        "10, +1000%, 110",
        "1, +99%, 1",
        "0, +4, 4",
        "0, +50%, 0"
    })
    @DisplayName("R41: exactly what the limit and its overage come to is admitted, percent rounded down to whole units")
    void exactlyUpToTheCeiling(long limit, String overage, long ceiling) {
        articles(limit, Overage.parse(overage));

        assertThat(use(USER, ARTICLES, ceiling + 1).reason()).contains(RefusalReason.EXHAUSTED);
        if (ceiling > 0) {
            assertAllowed(use(USER, ARTICLES, ceiling));
        }
        Decision refused = use(USER, ARTICLES);

        assertThat(refused.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(refused.used()).isEqualTo(ceiling);
        assertThat(refused.limit()).isEqualTo(Limit.of(limit));
        assertThat(overage(refused)).isZero();
        assertThat(used(USER, ARTICLES)).isEqualTo(ceiling);
    }

    @Test
    @DisplayName("R41: a use that straddles the limit is marked with the units above it, on decision and ledger row")
    void straddlesTheLimit() {
        articles(10, Overage.upTo(5));

        Decision below = use(USER, ARTICLES, 8);
        Decision across = use(USER, ARTICLES, 4);
        Decision above = use(USER, ARTICLES, 3);

        assertThat(overage(below)).isZero();
        assertThat(overage(across)).isEqualTo(2);
        assertThat(overage(above)).isEqualTo(3);
        assertThat(rows(USER)).extracting(UsageRecord::overage).containsExactly(3L, 2L, 0L);
        assertThat(rows(USER)).extracting(UsageRecord::amount).containsExactly(3L, 4L, 8L);
    }

    @Test
    @DisplayName("R5: beyond the limit nothing is left, also while more is admitted")
    void nothingIsLeft() {
        articles(10, Overage.upTo(5));

        assertThat(use(USER, ARTICLES, 10).remaining()).hasValue(0);
        assertThat(quota.check(USER, ARTICLES).allowed()).isTrue();
        assertThat(use(USER, ARTICLES, 3).remaining()).hasValue(0);
        assertThat(quota.check(USER, ARTICLES).remaining()).hasValue(0);
        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().remaining())
                .hasValue(0);
    }

    @Test
    @DisplayName("R41: soft refuses nothing, and marks everything above the limit, also above a limit of zero")
    void soft() {
        articles(0, Overage.SOFT);

        Decision decision = use(USER, ARTICLES, 7);

        assertThat(overage(decision)).isEqualTo(7);
        assertThat(decision.remaining()).hasValue(0);
        assertThat(decision.limit()).isEqualTo(Limit.of(0));
        assertAllowed(use(USER, ARTICLES, 1_000_000));
        assertThat(rows(USER)).extracting(UsageRecord::overage).containsExactly(1_000_000L, 7L);
        assertThat(fired(USER)).as("R31: zero has no percentages").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"hard", "+5", "+10%", "soft"})
    @DisplayName("R31: above unlimited there is nothing: whatever the overage, no unit is marked")
    void unlimited(String overage) {
        articles(-1, Overage.parse(overage));

        Decision decision = use(USER, ARTICLES, 1_000_000);

        assertAllowed(decision);
        assertThat(decision.remaining()).isEmpty();
        assertThat(overage(decision)).isZero();
        assertThat(rows(USER)).extracting(UsageRecord::overage).containsOnly(0L);
    }

    @ParameterizedTest
    @CsvSource({"9007199254740990, +10%", "9007199254740991, +1000%", "9007199254740000, +9007199254740991"})
    @DisplayName("R6: a ceiling stops at 2^53 - 1, where every sum does")
    void saturates(long limit, String overage) {
        articles(limit, Overage.parse(overage));

        Decision all = use(USER, ARTICLES, Units.MAX);

        assertAllowed(all);
        assertThat(overage(all)).isEqualTo(Units.MAX - limit);
        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.EXHAUSTED);
    }

    @Test
    @DisplayName("R26: alerts are at percentages of the limit, not of the ceiling; those above 100 fire beyond it")
    void alertsAboveTheLimit() {
        articles(feature(ARTICLES, 10, ResetPeriod.DAILY).overage(Overage.SOFT).thresholds(50, 100, 120, 1000));

        use(USER, ARTICLES, 11);
        assertThat(fired(USER)).containsExactly(50, 100);
        use(USER, ARTICLES);
        assertThat(fired(USER)).containsExactly(50, 100, 120);
        use(USER, ARTICLES, 88);

        assertThat(fired(USER)).containsExactly(50, 100, 120, 1000);
        assertThat(alerts(USER)).allMatch(alert -> alert.limit().equals(Limit.of(10)));
    }

    @Test
    @DisplayName("R24: an override of the overage alone leaves the plan's limit, and ends with its own end")
    void overrideOfTheOverage() {
        articles(10, Overage.HARD);
        use(USER, ARTICLES, 10);
        assertRefused(use(USER, ARTICLES));

        quota.subscriptions()
                .override(
                        FeatureOverride.of(USER, ARTICLES)
                                .overage(Overage.upToPercent(20))
                                .until(NOON.plusSeconds(60)),
                        BY_TEST);
        Decision beyond = use(USER, ARTICLES, 1);
        setTime(NOON.plusSeconds(60));

        assertThat(beyond.limit()).isEqualTo(Limit.of(10));
        assertThat(overage(beyond)).isEqualTo(1);
        assertRefused(use(USER, ARTICLES));
        assertThat(used(USER, ARTICLES)).isEqualTo(11);
    }

    @Test
    @DisplayName("R41: a raised limit counts from then on; what was marked before stays marked")
    void raisedLimit() {
        articles(10, Overage.SOFT);
        use(USER, ARTICLES, 12);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 20), BY_TEST);

        assertThat(use(USER, ARTICLES, 9).remaining()).hasValue(0);
        assertThat(rows(USER)).extracting(UsageRecord::overage).containsExactly(1L, 2L);
    }

    @Test
    @DisplayName("R7: the replay of a use beyond the limit has the same overage, whatever has changed since")
    void replay() {
        articles(10, Overage.upTo(5));
        Decision first = useWithKey("k", USER, ARTICLES, 13);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 100), BY_TEST);

        Decision again = useWithKey("k", USER, ARTICLES, 13);

        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(first.verdicts());
        assertThat(overage(again)).isEqualTo(3);
    }

    @Test
    @DisplayName("R3: in a call over several lines each has its own overage, and one that is refused refuses all")
    void severalLines() {
        plan(
                "plan",
                feature(ARTICLES, 2, ResetPeriod.DAILY).overage(Overage.SOFT),
                feature(PUBLISH, 2, ResetPeriod.DAILY).overage(Overage.upTo(1)));
        subscribe(USER, "plan");

        assertAllowed(quota.checkAndRecordAll(java.util.List.of(line(USER, ARTICLES, 5), line(USER, PUBLISH, 3))));
        assertRefused(quota.checkAndRecordAll(java.util.List.of(line(USER, ARTICLES, 5), line(USER, PUBLISH, 1))));

        assertThat(rows(USER)).extracting(UsageRecord::overage).containsExactlyInAnyOrder(3L, 1L);
        assertThat(used(USER, ARTICLES)).isEqualTo(5);
    }

    @Test
    @DisplayName(
            "R1: of many more unit calls than limit and overage, exactly these are allowed, and each mark is right")
    void manyThreads() {
        articles(100, Overage.upToPercent(50));
        LongAdder allowed = new LongAdder();
        LongAdder beyond = new LongAdder();

        onAllThreads((thread, node) -> {
            for (int n = 0; n < 20; n++) {
                Decision decision = node.checkAndRecord(USER, ARTICLES);
                allowed.add(decision.allowed() ? 1 : 0);
                beyond.add(overage(decision));
            }
        });

        assertThat(allowed.sum()).isEqualTo(150);
        assertThat(beyond.sum()).isEqualTo(50);
        assertThat(rows(USER).stream().mapToLong(UsageRecord::overage).sum()).isEqualTo(50);
    }
}
