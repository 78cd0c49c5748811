package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R29 and R30: when an alert fires again, and what a change of terms fires. */
abstract class RearmContract extends ContractGroup {
    RearmContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private void override(long units) {
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, units), BY_TEST);
    }

    @Test
    @DisplayName("R29: a reset re-arms, and the next crossing is of another generation")
    void resetRearms() {
        dailyArticles(10);
        use(USER, ARTICLES, 9);

        quota.reset(USER, ARTICLES, BY_TEST);
        assertThat(fired(USER)).containsExactly(80);
        use(USER, ARTICLES, 8);

        assertThat(fired(USER)).containsExactly(80, 80);
        assertThat(alerts(USER)).extracting(Alert::generation).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("R29: an upgrade below the threshold re-arms, and falling itself emits nothing")
    void upgradeRearms() {
        dailyArticles(10);
        plan("pro", feature(ARTICLES, 100, ResetPeriod.DAILY));
        use(USER, ARTICLES, 10);

        subscribe(USER, "pro");
        assertThat(fired(USER)).containsExactly(80, 95, 100);
        use(USER, ARTICLES, 69);
        assertThat(fired(USER)).hasSize(3);
        use(USER, ARTICLES, 1);

        assertThat(fired(USER)).containsExactly(80, 95, 100, 80);
    }

    @Test
    @DisplayName("R29: an override that raises the limit re-arms what it falls below, and only that")
    void overrideRearms() {
        dailyArticles(100);
        use(USER, ARTICLES, 100);

        override(110);
        use(USER, ARTICLES, 5);

        assertThat(fired(USER)).containsExactly(80, 95, 100, 95);
    }

    @Test
    @DisplayName("R29: so does the edit of a plan, at the next use")
    void planEditRearms() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);

        quota.plans()
                .update(
                        planOf("free", feature(ARTICLES, 100, ResetPeriod.DAILY))
                                .withVersion(1),
                        BY_TEST);
        use(USER, ARTICLES, 1);
        assertThat(fired(USER)).containsExactly(80);
        use(USER, ARTICLES, 71);

        assertThat(fired(USER)).containsExactly(80, 80);
    }

    @Test
    @DisplayName("R29: a new window starts armed")
    void newWindowStartsArmed() {
        dailyArticles(10);
        use(USER, ARTICLES, 8);
        setTime(MIDNIGHT);

        use(USER, ARTICLES, 8);

        assertThat(fired(USER)).containsExactly(80, 80);
        assertThat(alerts(USER)).extracting(alert -> alert.window().start()).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("R30: an upgrade that leaves the usage above the threshold repeats nothing")
    void upgradeStillAbove() {
        dailyArticles(10);
        plan("more", feature(ARTICLES, 11, ResetPeriod.DAILY));
        use(USER, ARTICLES, 9);

        subscribe(USER, "more");
        quota.subscriptions().changePlan(USER, "free", Start.NOW, BY_TEST);

        assertThat(fired(USER)).containsExactly(80);
    }

    @Test
    @DisplayName("R30: a downgrade that crosses thresholds fires them there and then, of its own limit")
    void downgradeFires() {
        dailyArticles(100);
        plan("small", feature(ARTICLES, 10, ResetPeriod.DAILY));
        use(USER, ARTICLES, 9);
        assertThat(fired(USER)).isEmpty();

        quota.subscriptions().changePlan(USER, "small", Start.NOW, BY_TEST);

        assertThat(fired(USER)).containsExactly(80);
        assertThat(alerts(USER).get(0).limit()).isEqualTo(Limit.of(10));
    }

    @Test
    @DisplayName("R30: so does an override that lowers the limit, or its removal, and one that brings lower thresholds")
    void loweredOverrideFires() {
        dailyArticles(100);
        use(USER, ARTICLES, 48);
        override(60);
        assertThat(fired(USER)).containsExactly(80);
        override(50);
        assertThat(fired(USER)).containsExactly(80, 95);
        override(1000);
        quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST);
        assertThat(fired(USER)).containsExactly(80, 95);

        quota.subscriptions().override(FeatureOverride.of(USER, ARTICLES).thresholds(40), BY_TEST);

        assertThat(fired(USER)).containsExactly(80, 95, 40);
    }

    @Test
    @DisplayName("R30: a change that starts at the window's end fires nothing now")
    void pendingDowngradeFiresNothing() {
        dailyArticles(100);
        plan("small", feature(ARTICLES, 10, ResetPeriod.DAILY));
        use(USER, ARTICLES, 9);

        quota.subscriptions().changePlan(USER, "small", BY_TEST);

        assertThat(fired(USER)).isEmpty();
    }
}
