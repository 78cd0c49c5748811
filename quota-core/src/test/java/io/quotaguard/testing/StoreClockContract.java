package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Usage;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R19: the store's clock decides, whatever a node's clock says. */
abstract class StoreClockContract extends ContractGroup {
    /** Just before midnight, so that an hour is enough to be wrong about the day. */
    private static final Instant LATE = MIDNIGHT.minusSeconds(60);

    private static final Window TODAY = new Window(Instant.parse("2026-03-10T00:00:00Z"), MIDNIGHT);
    private static final Window TOMORROW = new Window(MIDNIGHT, Instant.parse("2026-03-12T00:00:00Z"));

    StoreClockContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private QuotaGuard nodeOff(String skew) {
        return guard(new SkewedStore(fixture.anotherNode(), Duration.parse(skew)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-1D", "P400D", "P-400D"})
    @DisplayName("R19: a node whose clock is wrong charges the same windows")
    void chargesTheSameWindows(String skew) {
        dailyArticles(5);
        QuotaGuard wrong = nodeOff(skew);
        setTime(LATE);
        use(USER, ARTICLES);

        Decision before = wrong.checkAndRecord(USER, ARTICLES);
        setTime(MIDNIGHT);
        Decision after = wrong.checkAndRecord(USER, ARTICLES);

        assertThat(before.window()).contains(TODAY);
        assertThat(before.used()).isEqualTo(2);
        assertThat(after.window()).contains(TOMORROW);
        assertThat(after.used()).isEqualTo(1);
        assertThat(use(USER, ARTICLES).used()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-1D"})
    @DisplayName("R19: so it does in one call over windows of several lengths, in its checks and in its overview")
    void readsTheSameWindows(String skew) {
        plan(
                "free",
                feature(ARTICLES, 5, ResetPeriod.DAILY),
                feature(PUBLISH, 5, ResetPeriod.HOURLY),
                feature(KEYWORDS, 5, ResetPeriod.NEVER));
        subscribe(USER, "free");
        setTime(LATE);
        QuotaGuard wrong = nodeOff(skew);

        Decision decision = wrong.checkAndRecordAll(
                List.of(line(USER, ARTICLES, 1), line(USER, PUBLISH, 1), line(USER, KEYWORDS, 1)));

        assertAllowed(decision);
        assertThat(wrong.overview(USER)).isEqualTo(quota.overview(USER));
        assertThat(wrong.check(USER, ARTICLES).verdicts())
                .isEqualTo(quota.check(USER, ARTICLES).verdicts());
        assertThat(quota.check(USER, ARTICLES).used()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    @DisplayName("R19: an override ends for it at the store's instant")
    void overrideEndsAtTheStoresInstant(String skew) {
        dailyArticles(5);
        Instant end = NOON.plusSeconds(600);
        quota.subscriptions()
                .override(FeatureOverride.ofLimit(USER, ARTICLES, 9).until(end), BY_TEST);
        QuotaGuard wrong = nodeOff(skew);

        assertThat(wrong.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(9);
        setTime(end);
        assertThat(wrong.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-1D"})
    @DisplayName("R19: a plan change from a node whose clock is wrong takes over when the store says so")
    void planChangesFromIt(String skew) {
        plan("pro", feature(ARTICLES, 9, ResetPeriod.DAILY), feature(PUBLISH, 9, ResetPeriod.HOURLY));
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY), feature(PUBLISH, 3, ResetPeriod.HOURLY));
        setTime(LATE);
        QuotaGuard wrong = nodeOff(skew);
        wrong.subscriptions().subscribe(USER, "pro", BY_TEST);
        wrong.checkAndRecord(Usage.of(USER, ARTICLES).amount(8));
        wrong.checkAndRecord(Usage.of(USER, PUBLISH).amount(8));

        wrong.subscriptions().changePlan(USER, "free", Start.AT_WINDOW_END, BY_TEST);
        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(9);
        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(3);
        assertThat(use(USER, PUBLISH).limit().units()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "P1D", "P-1D"})
    @DisplayName("R19: an override from a node whose clock is wrong fires and re-arms in the store's window")
    void overridesFromIt(String skew) {
        dailyArticles(10);
        setTime(LATE);
        use(USER, ARTICLES, 6);
        QuotaGuard wrong = nodeOff(skew);

        wrong.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 7), BY_TEST);

        assertThat(fired(USER)).containsExactly(80);
        assertThat(wrong.subscriptions().entitlement(USER, ARTICLES).limit().units())
                .isEqualTo(7);
    }
}
