package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Plan;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.UnknownPlanException;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R20–R23 and R25: upgrades, downgrades, edits and stale caches. */
abstract class PlanChangeContract extends ContractGroup {
    PlanChangeContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    void threePlans() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY), feature(PUBLISH, 10, ResetPeriod.MONTHLY));
        plan("pro", feature(ARTICLES, 10, ResetPeriod.DAILY), feature(PUBLISH, 100, ResetPeriod.MONTHLY));
        plan("writer", feature(ARTICLES, 10, ResetPeriod.DAILY));
    }

    private long limit(String feature) {
        return quota.check(USER, feature).limit().units();
    }

    private void changePlan(String plan, Start start) {
        quota.subscriptions().changePlan(USER, plan, start, BY_TEST);
    }

    @Test
    @DisplayName("R20: an upgrade keeps usage and window, and raises the limit at once")
    void upgrade() {
        subscribe(USER, "free");
        Decision last = use(USER, ARTICLES, 3);
        assertRefused(use(USER, ARTICLES));

        quota.subscriptions().changePlan(USER, "pro", BY_TEST);
        Decision next = use(USER, ARTICLES);

        assertAllowed(next);
        assertThat(next.used()).isEqualTo(4);
        assertThat(next.remaining()).hasValue(6);
        assertThat(next.window()).isEqualTo(last.window());
    }

    @Test
    @DisplayName("R20: moving from the default plan to a subscription keeps usage and window")
    void fromTheDefaultPlan() {
        quota.plans().setDefault("free", BY_TEST);
        Decision before = use(USER, ARTICLES, 3);

        subscribe(USER, "pro");

        assertThat(use(USER, ARTICLES).used()).isEqualTo(4);
        assertThat(quota.check(USER, ARTICLES).window()).isEqualTo(before.window());
    }

    @Test
    @DisplayName("R21: a downgrade waits, for each feature, for the end of its window")
    void downgradeWaitsForTheWindowsEnd() {
        subscribe(USER, "pro");
        use(USER, ARTICLES, 5);
        use(USER, PUBLISH, 50);

        quota.subscriptions().changePlan(USER, "free", BY_TEST);

        assertThat(use(USER, ARTICLES).remaining()).hasValue(4);
        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES).remaining()).hasValue(2);
        assertThat(use(USER, PUBLISH).remaining()).hasValue(49);
        setTime("2026-03-31T23:59:59.999999Z");
        assertThat(limit(PUBLISH)).isEqualTo(100);
        setTime("2026-04-01T00:00:00Z");
        assertThat(limit(PUBLISH)).isEqualTo(10);
        assertThat(used(USER, PUBLISH)).isZero();
    }

    @Test
    @DisplayName(
            "R21: a plan without a feature of the one before counts as a downgrade, and takes it away at its window's end")
    void droppedFeature() {
        subscribe(USER, "pro");

        quota.subscriptions().changePlan(USER, "writer", BY_TEST);

        assertAllowed(use(USER, PUBLISH));
        setTime("2026-04-01T00:00:00Z");
        assertThat(use(USER, PUBLISH).reason()).contains(RefusalReason.NO_FEATURE);
        assertThat(limit(ARTICLES)).isEqualTo(10);
    }

    @Test
    @DisplayName("R21: an immediate downgrade keeps usage, deletes nothing, and refuses until the reset when used up")
    void immediateDowngrade() {
        subscribe(USER, "pro");
        use(USER, ARTICLES, 5);

        changePlan("free", Start.NOW);
        Decision refused = use(USER, ARTICLES);

        assertRefused(refused);
        assertThat(refused.used()).isEqualTo(5);
        assertThat(refused.remaining()).hasValue(0);
        assertThat(refused.resetsAt()).contains(MIDNIGHT);
        assertThat(rows(USER)).hasSize(1);
        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES, 3).remaining()).hasValue(0);
    }

    @Test
    @DisplayName("R21: a downgrade that has not started yet is replaced by the next change")
    void pendingDowngradeIsReplaced() {
        subscribe(USER, "pro");
        changePlan("free", Start.AT_WINDOW_END);

        changePlan("pro", Start.AT_WINDOW_END);
        setTime(MIDNIGHT);
        assertThat(limit(ARTICLES)).isEqualTo(10);
        changePlan("free", Start.AT_WINDOW_END);
        changePlan("pro", Start.NOW);
        setTime("2026-05-01T00:00:00Z");

        assertThat(limit(ARTICLES)).isEqualTo(10);
        assertThat(limit(PUBLISH)).isEqualTo(100);
    }

    @Test
    @DisplayName("R22: up, down and up again inside a window yields no extra quota")
    void upDownUp() {
        subscribe(USER, "free");
        use(USER, ARTICLES, 3);
        changePlan("pro", Start.NOW);
        use(USER, ARTICLES, 7);
        changePlan("free", Start.NOW);
        assertRefused(use(USER, ARTICLES));
        changePlan("pro", Start.NOW);
        assertRefused(use(USER, ARTICLES));
        changePlan("free", Start.AT_WINDOW_END);
        changePlan("pro", Start.NOW);

        assertRefused(use(USER, ARTICLES));
        assertThat(used(USER, ARTICLES)).isEqualTo(10);
    }

    @Test
    @DisplayName("R23: an edit is a new version, which followers get at once with what they used untouched")
    void editIsANewVersion() {
        subscribe(USER, "free");
        use(USER, ARTICLES, 3);
        Plan edited = planOf("free", feature(ARTICLES, 4, ResetPeriod.DAILY)).withVersion(1);

        Plan second = quota.plans().update(edited, BY_TEST);
        Decision next = use(USER, ARTICLES);

        assertThat(second.version()).isEqualTo(2);
        assertThat(next.used()).isEqualTo(4);
        assertThat(next.source().planVersion()).isEqualTo(2);
        assertThat(quota.plans().get("free", 1).orElseThrow().feature(PUBLISH)).isPresent();
        assertThat(quota.plans().get("free", 2)).contains(second);
        assertThat(quota.plans().get("free", 3)).isEmpty();
        assertThat(quota.plans().list()).extracting(Plan::code).containsExactly("free", "pro", "writer");
    }

    @Test
    @DisplayName("R23: a pinned subscriber stays on its version until it is moved")
    void pinnedSubscriber() {
        quota.subscriptions().pin(USER, "free", 1, BY_TEST);
        Plan edited = planOf("free", feature(ARTICLES, 99, ResetPeriod.DAILY)).withVersion(1);
        quota.plans().update(edited, BY_TEST);

        assertThat(use(USER, ARTICLES).source().planVersion()).isEqualTo(1);
        assertThat(limit(ARTICLES)).isEqualTo(3);
        assertThat(limit(PUBLISH)).isEqualTo(10);
        subscribe(USER, "free");
        assertThat(limit(ARTICLES)).isEqualTo(99);
        assertThat(used(USER, ARTICLES)).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "R23: an edit of a version that has been edited since is refused, and so is a plan that exists or does not")
    void editsDoNotOverwriteEachOther() {
        Plan read = quota.plans().get("free").orElseThrow();
        quota.plans().update(read, BY_TEST);

        assertThatThrownBy(() -> quota.plans().update(read, BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> quota.plans().create(planOf("free"), BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("free");
        assertThatThrownBy(() -> quota.plans().update(planOf("nope").withVersion(1), BY_TEST))
                .isInstanceOf(UnknownPlanException.class)
                .hasMessageContaining("nope");
        assertThat(quota.plans().history("free", 10)).hasSize(2);
    }

    @Test
    @DisplayName("R23: nobody can be given a plan or a version that does not exist")
    void unknownPlan() {
        assertThatThrownBy(() -> subscribe(USER, "nope")).isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> quota.subscriptions().pin(USER, "free", 2, BY_TEST))
                .isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> quota.plans().setDefault("nope", BY_TEST)).isInstanceOf(UnknownPlanException.class);

        assertThat(quota.subscriptions().get(USER)).isEmpty();
        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.NO_PLAN);
    }

    @Test
    @DisplayName("R25: another node decides by a plan change, an edit and a new default from its very next call on")
    void otherNodesNeverDecideByStaleTerms() {
        QuotaGuard other = guard(fixture.anotherNode());
        subscribe(USER, "free");
        assertThat(other.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(3);
        assertThat(other.checkAndRecord("guest", ARTICLES).reason()).contains(RefusalReason.NO_PLAN);

        changePlan("pro", Start.NOW);
        assertThat(other.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(10);
        quota.plans()
                .update(planOf("pro", feature(ARTICLES, 2, ResetPeriod.DAILY)).withVersion(1), BY_TEST);
        assertThat(other.checkAndRecord(USER, ARTICLES).reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(other.checkAndRecord(USER, PUBLISH).reason()).contains(RefusalReason.NO_FEATURE);
        quota.plans().setDefault("free", BY_TEST);
        assertThat(other.checkAndRecord("guest", ARTICLES).limit().units()).isEqualTo(3);
        assertThat(other.overview(USER)).isEqualTo(quota.overview(USER));
        assertThat(other.statistics().stale()).isPositive();
    }
}
