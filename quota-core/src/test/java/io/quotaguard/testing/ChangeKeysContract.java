package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R12: resets and changes of the catalog take keys too. */
abstract class ChangeKeysContract extends ContractGroup {
    private static final Change ONCE = BY_TEST.key("once");

    ChangeKeysContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R12: a reset that comes again with its key takes nothing back that was used since")
    void resetAgain() {
        dailyArticles(5);
        use(USER, ARTICLES, 4);

        Decision reset = quota.reset(USER, ARTICLES, ONCE);
        use(USER, ARTICLES, 2);
        Decision again = quota.reset(USER, ARTICLES, ONCE);

        assertThat(reset.used()).isZero();
        assertThat(again.replayed()).isTrue();
        assertThat(again.verdicts()).isEqualTo(reset.verdicts());
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
    }

    @Test
    @DisplayName("R12: so does a reset that found nothing used")
    void resetOfNothingAgain() {
        dailyArticles(5);

        quota.reset(USER, ARTICLES, ONCE);
        use(USER, ARTICLES, 2);
        Decision again = quota.reset(USER, ARTICLES, ONCE);

        assertThat(again.replayed()).isTrue();
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
    }

    @Test
    @DisplayName("R12: a plan that is created again with its key is created once")
    void createPlanAgain() {
        Plan plan = planOf("free", feature(ARTICLES, 3, ResetPeriod.DAILY));

        Plan first = quota.plans().create(plan, ONCE);
        Plan again = quota.plans().create(plan, ONCE);

        assertThat(again).isEqualTo(first);
        assertThat(again.version()).isEqualTo(1);
        assertThat(quota.plans().history("free", 10)).hasSize(1);
    }

    @Test
    @DisplayName("R12: an edit of a plan that comes again with its key makes one version, also after later edits")
    void updatePlanAgain() {
        Plan plan = plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        Plan edited = planOf("free", feature(ARTICLES, 4, ResetPeriod.DAILY)).withVersion(plan.version());

        Plan second = quota.plans().update(edited, ONCE);
        assertThat(quota.plans().update(edited, ONCE).version()).isEqualTo(2);
        quota.plans().update(second.withActive(false), BY_TEST);
        assertThat(quota.plans().update(edited, ONCE).version()).isEqualTo(2);

        assertThat(quota.plans().get("free").orElseThrow().active()).isFalse();
        assertThat(quota.plans().history("free", 10)).hasSize(3);
    }

    @Test
    @DisplayName("R12: a subscription that comes again with its key, and later, happens once")
    void subscribeAgain() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        quota.subscriptions().subscribe(USER, "free", ONCE);
        subscribe(USER, "pro");
        advance(Duration.ofHours(3));

        quota.subscriptions().subscribe(USER, "free", ONCE);

        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(30);
        assertThat(quota.subscriptions().history(USER, 10)).hasSize(2);
    }

    @Test
    @DisplayName("R12: a plan change that comes again with its key does not undo what came after it")
    void changePlanAgain() {
        dailyArticles(3);
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        quota.subscriptions().changePlan(USER, "pro", ONCE);
        quota.subscriptions().changePlan(USER, "free", Start.NOW, BY_TEST);

        quota.subscriptions().changePlan(USER, "pro", ONCE);

        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(3);
    }

    @Test
    @DisplayName("R12: an override that comes again with its key does not come back after its removal")
    void overrideAgain() {
        dailyArticles(3);
        FeatureOverride more = FeatureOverride.ofLimit(USER, ARTICLES, 9);
        quota.subscriptions().override(more, ONCE);
        quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST.key("gone"));

        quota.subscriptions().override(more, ONCE);
        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(3);
        quota.subscriptions().override(more, BY_TEST);
        quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST.key("gone"));
        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(9);
    }

    @Test
    @DisplayName("R12: a choice of default plan that comes again with its key is made once")
    void defaultPlanAgain() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.plans().setDefault("free", ONCE);
        quota.plans().setDefault(null, BY_TEST);

        quota.plans().setDefault("free", ONCE);

        assertRefused(use("guest", ARTICLES));
    }

    @Test
    @DisplayName("R12: the key of one change is a conflict for another, which then does not happen")
    void keyOfAnotherChange() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        quota.subscriptions().subscribe(USER, "free", ONCE);

        assertConflict(() -> quota.subscriptions().subscribe(USER, "pro", ONCE));
        assertConflict(() -> quota.subscriptions().subscribe("user-43", "free", ONCE));
        assertConflict(() -> quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 9), ONCE));
        assertConflict(() -> quota.plans().create(planOf("new", feature(ARTICLES, 1, ResetPeriod.DAILY)), ONCE));
        assertConflict(() -> quota.plans().setDefault("free", ONCE));

        assertThat(use(USER, ARTICLES).limit().units()).isEqualTo(3);
        assertRefused(use("user-43", ARTICLES));
        assertThat(quota.plans().get("new")).isEmpty();
    }

    private static void assertConflict(Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOfSatisfying(
                        IdempotencyConflictException.class,
                        conflict -> assertThat(conflict.key()).isEqualTo("once"));
    }
}
