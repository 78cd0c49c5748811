package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Overage;
import io.quotaguard.model.ResetPeriod;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R17 and R24: overrides of the reset period, which never take a subject back into a window that it has used. */
abstract class OverridePeriodContract extends ContractGroup {
    private static final Instant MONTH_START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant APRIL = Instant.parse("2026-04-01T00:00:00Z");

    OverridePeriodContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void override(FeatureOverride override) {
        quota.subscriptions().override(override, BY_TEST);
    }

    private void monthlyArticles() {
        plan("free", feature(ARTICLES, 10, ResetPeriod.MONTHLY));
        subscribe(USER, "free");
    }

    private void assertReopens(FeatureOverride override) {
        assertThatThrownBy(() -> override(override))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll("R17", ARTICLES, MONTH_START.toString());
    }

    @Test
    @DisplayName("R24: an override of the period alone gives windows of that period, with the plan's limit")
    void periodAlone() {
        monthlyArticles();

        override(FeatureOverride.of(USER, ARTICLES).period(ResetPeriod.DAILY));
        Decision today = use(USER, ARTICLES, 10);
        assertRefused(use(USER, ARTICLES));
        setTime(MIDNIGHT);
        Decision tomorrow = use(USER, ARTICLES, 10);

        assertThat(today.resetsAt()).contains(MIDNIGHT);
        assertThat(today.limit()).isEqualTo(Limit.of(10));
        assertThat(today.source().kind()).isEqualTo(LimitSource.Kind.PLAN);
        assertThat(tomorrow.resetsAt()).contains(MIDNIGHT.plus(Duration.ofDays(1)));
    }

    @Test
    @DisplayName("R24: period and overage stand above the plan's field by field; what they leave out follows its edits")
    void fieldByField() {
        monthlyArticles();
        override(FeatureOverride.of(USER, ARTICLES)
                .period(ResetPeriod.DAILY)
                .overage(Overage.upTo(2))
                .until(APRIL));
        use(USER, ARTICLES, 4);

        quota.plans()
                .update(
                        planOf("free", feature(ARTICLES, 5, ResetPeriod.WEEKLY).thresholds(100))
                                .withVersion(1),
                        BY_TEST);
        Decision edited = use(USER, ARTICLES, 3);

        assertThat(edited.used()).isEqualTo(7);
        assertThat(edited.limit()).isEqualTo(Limit.of(5));
        assertThat(edited.resetsAt()).contains(MIDNIGHT);
        assertThat(edited.verdicts().get(0).overage()).isEqualTo(2);
        assertThat(fired(USER)).containsExactly(100);
        assertRefused(use(USER, ARTICLES));
        setTime(APRIL);
        assertThat(use(USER, ARTICLES).resetsAt()).contains(Instant.parse("2026-04-06T00:00:00Z"));
    }

    @Test
    @DisplayName("R17: an override's period is not taken back into the plan's window, when that was used before it")
    void removalIntoAUsedWindow() {
        monthlyArticles();
        use(USER, ARTICLES, 10);
        override(FeatureOverride.of(USER, ARTICLES).period(ResetPeriod.DAILY));
        use(USER, ARTICLES, 3);

        assertThatThrownBy(() -> quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll("R17", ARTICLES, MONTH_START.toString());
        assertReopens(FeatureOverride.ofLimit(USER, ARTICLES, 5));
        assertThat(used(USER, ARTICLES)).isEqualTo(3);
        setTime(APRIL);
        quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST);
        assertThat(use(USER, ARTICLES).used()).isEqualTo(1);
    }

    @Test
    @DisplayName("R17: nor may it expire within that window: that is refused when it is set")
    void expiryIntoAUsedWindow() {
        monthlyArticles();
        use(USER, ARTICLES, 10);
        FeatureOverride daily = FeatureOverride.of(USER, ARTICLES).period(ResetPeriod.DAILY);

        assertReopens(daily.until(APRIL.minusNanos(1000)));
        assertThat(quota.subscriptions().overrides(USER)).isEmpty();
        override(daily.until(APRIL));
        setTime(APRIL);
        Decision next = use(USER, ARTICLES, 10);

        assertThat(next.resetsAt()).contains(Instant.parse("2026-05-01T00:00:00Z"));
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R17: nor is one without an end given such an end later on")
    void earlierExpiryIntoAUsedWindow() {
        monthlyArticles();
        use(USER, ARTICLES, 10);
        FeatureOverride daily = FeatureOverride.of(USER, ARTICLES).period(ResetPeriod.DAILY);
        override(daily);

        assertReopens(daily.until(MIDNIGHT));
        override(daily.limit(20).until(APRIL));
        assertReopens(daily.until(MIDNIGHT));
        assertThat(use(USER, ARTICLES, 20).resetsAt()).contains(MIDNIGHT);
    }

    @Test
    @DisplayName("R17: where nothing was used before, a period may come and go within the window")
    void unusedWindowMayComeBack() {
        monthlyArticles();
        FeatureOverride daily = FeatureOverride.of(USER, ARTICLES).period(ResetPeriod.DAILY);

        override(daily.until(MIDNIGHT));
        override(daily.until(NOON.plusSeconds(60)));
        setTime(NOON.plusSeconds(60));
        assertThat(use(USER, ARTICLES).resetsAt()).contains(APRIL);
        assertReopens(daily.until(MIDNIGHT));
    }
}
