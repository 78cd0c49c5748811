package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Plan;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Usage;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R4–R6: whether a subject has a feature at all, and what a decision tells. */
abstract class StandingContract extends ContractGroup {
    StandingContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R4: unlimited refuses nothing and is counted all the same")
    void unlimitedIsCounted() {
        plan("all", feature(ARTICLES, -1, ResetPeriod.DAILY));
        subscribe(USER, "all");

        Decision decision = use(USER, ARTICLES, 1_000_000);

        assertAllowed(decision);
        assertThat(decision.limit()).isEqualTo(Limit.unlimited());
        assertThat(decision.remaining()).isEmpty();
        assertThat(used(USER, ARTICLES)).isEqualTo(1_000_000);
    }

    @Test
    @DisplayName("R4: a limit of zero refuses as a limit that is reached")
    void zeroRefuses() {
        dailyArticles(0);

        Decision decision = use(USER, ARTICLES);

        assertThat(decision.reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(decision.limit()).isEqualTo(Limit.of(0));
        assertThat(decision.remaining()).hasValue(0);
        assertThat(decision.window()).isPresent();
    }

    @Test
    @DisplayName("R4: a feature that the plan does not have refuses with its own reason")
    void absentFeature() {
        dailyArticles(3);

        Decision decision = use(USER, PUBLISH);

        assertThat(decision.reason()).contains(RefusalReason.NO_FEATURE);
        assertThat(decision.source().plan()).isEqualTo("free");
        assertThat(decision.window()).isEmpty();
        assertThat(decision.resetsAt()).isEmpty();
    }

    @Test
    @DisplayName("R4: a subject without a plan refuses with its own reason")
    void absentPlan() {
        Decision decision = use("nobody", ARTICLES);

        assertThat(decision.reason()).contains(RefusalReason.NO_PLAN);
        assertThat(decision.source()).isEqualTo(LimitSource.NONE);
        assertThat(quota.overview("nobody").features()).isEmpty();
    }

    @Test
    @DisplayName("R4: an inactive plan refuses with its own reason, and what was used is there when it is active again")
    void inactivePlan() {
        Plan plan = dailyArticles(3);
        use(USER, ARTICLES);

        Plan off = quota.plans().update(plan.withActive(false), BY_TEST);
        Decision refused = use(USER, ARTICLES);
        quota.plans().update(off.withActive(true), BY_TEST);

        assertThat(refused.reason()).contains(RefusalReason.PLAN_INACTIVE);
        assertThat(use(USER, ARTICLES).used()).isEqualTo(2);
    }

    @Test
    @DisplayName("R4: a feature without standing refuses a reset too, and keeps its key free")
    void absentFeatureRefusesReset() {
        dailyArticles(3);

        Decision decision = quota.reset(USER, PUBLISH, BY_TEST.key("k"));

        assertThat(decision.reason()).contains(RefusalReason.NO_FEATURE);
        assertThat(rows(USER)).isEmpty();
    }

    @Test
    @DisplayName("R5: a decision tells limit, usage, what is left, window, reset and where the limit comes from")
    void decisionTellsEverything() {
        dailyArticles(10);

        Decision decision =
                quota.checkAndRecord(Usage.of(USER, ARTICLES).amount(4).key("k-1"));

        assertThat(decision.subject()).isEqualTo(USER);
        assertThat(decision.feature()).isEqualTo(ARTICLES);
        assertThat(decision.limit()).isEqualTo(Limit.of(10));
        assertThat(decision.used()).isEqualTo(4);
        assertThat(decision.held()).isZero();
        assertThat(decision.remaining()).hasValue(6);
        assertThat(decision.window()).contains(new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT));
        assertThat(decision.resetsAt()).contains(MIDNIGHT);
        assertThat(decision.source()).isEqualTo(new LimitSource(LimitSource.Kind.PLAN, "free", 1));
        assertThat(decision.key()).isEqualTo("k-1");
        assertThat(decision.reason()).isEmpty();
        assertThat(decision.replayed()).isFalse();
        assertThat(decision.degraded()).isFalse();
    }

    @Test
    @DisplayName("R5: a refusal tells the same, with the totals found")
    void refusalTellsTheTotalsFound() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);

        Decision decision = use(USER, ARTICLES, 3);

        assertThat(decision.used()).isEqualTo(8);
        assertThat(decision.remaining()).hasValue(2);
        assertThat(decision.resetsAt()).contains(MIDNIGHT);
        assertThat(decision.source().plan()).isEqualTo("free");
    }

    @Test
    @DisplayName("R5: the limit's source names override, plan with version, or default")
    void sourceNamesTheLayer() {
        Plan free = plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.plans().setDefault("free", BY_TEST);
        LimitSource byDefault = use("guest", ARTICLES).source();
        subscribe(USER, "free");
        quota.plans().update(free, BY_TEST);
        LimitSource byPlan = use(USER, ARTICLES).source();
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 9), BY_TEST);
        LimitSource byOverride = use(USER, ARTICLES).source();

        assertThat(byDefault).isEqualTo(new LimitSource(LimitSource.Kind.DEFAULT, "free", 1));
        assertThat(byPlan).isEqualTo(new LimitSource(LimitSource.Kind.PLAN, "free", 2));
        assertThat(byOverride).isEqualTo(new LimitSource(LimitSource.Kind.OVERRIDE, "free", 2));
    }

    @Test
    @DisplayName("R5: what is left is never negative, also when the limit was lowered below what is used")
    void remainingIsNeverNegative() {
        dailyArticles(10);
        plan("small", feature(ARTICLES, 3, ResetPeriod.DAILY));
        use(USER, ARTICLES, 8);

        quota.subscriptions().changePlan(USER, "small", Start.NOW, BY_TEST);

        assertThat(use(USER, ARTICLES).remaining()).hasValue(0);
        assertThat(quota.check(USER, ARTICLES).used()).isEqualTo(8);
        assertThat(quota.overview(USER).feature(ARTICLES).orElseThrow().remaining())
                .hasValue(0);
    }

    @Test
    @DisplayName("R5: the overview shows every feature of the plan, by name, used or not")
    void overviewShowsEveryFeature() {
        plan(
                "pro",
                feature(PUBLISH, 5, ResetPeriod.MONTHLY),
                feature(KEYWORDS, -1, ResetPeriod.NEVER),
                feature(ARTICLES, 10, ResetPeriod.DAILY));
        subscribe(USER, "pro");
        use(USER, ARTICLES, 4);
        use(USER, KEYWORDS, 7);

        List<FeatureUsage> features = quota.overview(USER).features();

        assertThat(features).extracting(FeatureUsage::feature).containsExactly(ARTICLES, KEYWORDS, PUBLISH);
        assertThat(features.stream().map(each -> each.counter().used())).containsExactly(4L, 7L, 0L);
        assertThat(features.get(0).percentUsed()).hasValue(40);
        assertThat(features.get(1).resetsAt()).isEmpty();
        assertThat(features.get(2).resetsAt()).contains(Instant.parse("2026-04-01T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, (1L << 53), Long.MAX_VALUE})
    @DisplayName("R6: an amount below 1 or above 2^53 - 1 is refused before it reaches the store")
    void amountOutOfRange(long amount) {
        dailyArticles(10);

        assertThatThrownBy(() -> use(USER, ARTICLES, amount))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining(Long.toString(amount))
                .hasMessageContaining("R6");
        assertThat(rows(USER)).isEmpty();
    }
}
