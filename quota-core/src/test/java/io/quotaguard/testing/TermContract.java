package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.UnknownPlanException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R4, R20, R21 and R24: how long a subscription runs, and what the subject has from its end on. */
abstract class TermContract extends TermGroup {
    TermContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R4: a trial ends at its exact instant; use at that instant is under the plan that its term names")
    void trialEndsAtItsInstant() {
        buy("pro", Term.trialUntil(END).thenPlan("free"));
        QuotaGuard other = guard(fixture.anotherNode());

        setTime(END.minus(TICK));
        assertThat(use(USER, ARTICLES).source().plan()).isEqualTo("pro");
        assertThat(other.checkAndRecord(USER, ARTICLES).limit().units()).isEqualTo(10);
        setTime(END);
        assertThat(use(USER, ARTICLES).source().plan()).isEqualTo("free");
        assertThat(other.checkAndRecord(USER, ARTICLES).reason()).contains(RefusalReason.EXHAUSTED);
        assertThat(other.overview(USER)).isEqualTo(quota.overview(USER));
    }

    @Test
    @DisplayName(
            "R21: usage and window go on over the end: a lower limit counts what was used, and no window starts anew")
    void usageIsKeptOverTheEnd() {
        buy("pro", Term.trialUntil(END).thenPlan("free"));
        Decision before = use(USER, ARTICLES, 2);

        setTime(END);
        Decision after = use(USER, ARTICLES);

        assertThat(after.window()).isEqualTo(before.window());
        assertThat(after.used()).isEqualTo(3);
        assertRefused(use(USER, ARTICLES));
        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES, 3).remaining()).hasValue(0);
    }

    @Test
    @DisplayName("R4: without a fallback of its own the term takes the plan's, as it is at the purchase")
    void fallbackOfThePlan() {
        Subscription bought = buy("pro", Term.until(END));
        Plan read = quota.plans().get("pro").orElseThrow();
        quota.plans().update(read.edit().fallback("free").build(), BY_TEST);

        setTime(END);

        assertThat(bought.term().fallback()).isEqualTo("starter");
        assertThat(use(USER, ARTICLES).source().plan()).isEqualTo("starter");
    }

    @Test
    @DisplayName("R4: where neither names a plan the default plan takes over, in the windows that there are")
    void defaultPlanTakesOver() {
        Anchor kathmandu = Anchor.inZone(ZoneId.of("Asia/Kathmandu"));
        quota.subscriptions().subscribe(USER, "starter", Term.until(MIDNIGHT), kathmandu, BY_TEST);
        quota.plans().setDefault("free", BY_TEST);
        setTime("2026-03-10T19:00:00Z"); // Where windows are cut in UTC, another one ends at midnight.
        Decision before = use(USER, ARTICLES, 2);

        setTime(MIDNIGHT);
        Decision after = use(USER, ARTICLES);

        assertThat(after.source().plan()).isEqualTo("free");
        assertThat(after.window()).isEqualTo(before.window());
        assertThat(after.used()).isEqualTo(3);
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R4: where there is no default plan either, the subject has none")
    void noPlanTakesOver() {
        buy("starter", Term.trialUntil(END));
        use(USER, ARTICLES);

        setTime(END);

        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.NO_PLAN);
        assertThat(quota.overview(USER).features()).isEmpty();
        assertThat(rows(USER)).hasSize(1);
        assertThat(quota.subscriptions().get(USER).orElseThrow().endedBy(END)).isTrue();
    }

    @Test
    @DisplayName("R4: a term cannot name a plan that does not exist; nothing is bought then")
    void unknownFallback() {
        assertThatThrownBy(() -> buy("pro", Term.until(END).thenPlan("gone")))
                .isInstanceOfSatisfying(
                        UnknownPlanException.class,
                        unknown -> assertThat(unknown.plan()).isEqualTo("gone"));
        assertThat(quota.subscriptions().get(USER)).isEmpty();
    }

    @Test
    @DisplayName("R4: the fallback may be deleted, when another plan takes its place; then that one takes over")
    void fallbackIsReplaced() {
        buy("pro", Term.until(END));
        quota.plans()
                .update(
                        quota.plans()
                                .get("pro")
                                .orElseThrow()
                                .edit()
                                .fallback(null)
                                .build(),
                        BY_TEST);
        assertThatThrownBy(() -> quota.plans().delete("starter", BY_TEST)).hasMessageContaining(USER);
        quota.plans().deleteReplacedBy("starter", "free", BY_TEST);

        assertThat(quota.subscriptions().cancel(USER, BY_TEST).term().end()).isEqualTo(END);
        assertThat(quota.subscriptions()
                        .endAt(USER, END.plusSeconds(1), BY_TEST)
                        .term()
                        .end())
                .isEqualTo(END.plusSeconds(1));
        setTime(END.plusSeconds(1));
        assertThat(use(USER, ARTICLES).source().plan()).isEqualTo("free");
    }

    @Test
    @DisplayName("R24: an override outlives the term, and stands above the fallback's terms")
    void overrideOutlivesTheTerm() {
        buy("pro", Term.trialUntil(END));
        quota.subscriptions()
                .override(FeatureOverride.ofLimit(USER, ARTICLES, 20).until(END.plusSeconds(60)), BY_TEST);

        setTime(END);
        assertThat(limit()).isEqualTo(20);
        setTime(END.plusSeconds(60));
        assertThat(limit()).isEqualTo(5);
    }

    @Test
    @DisplayName(
            "R20: a change of plan keeps the term, and a downgrade that waits for midnight yields to an earlier end")
    void changeOfPlanKeepsTheTerm() {
        Subscription bought = buy("pro", Term.trialUntil(END).thenPlan("free"));

        Subscription moved = quota.subscriptions().changePlan(USER, "starter", Start.NOW, BY_TEST);
        quota.subscriptions().changePlan(USER, "pro", Start.AT_WINDOW_END, BY_TEST);

        assertThat(moved.term()).isEqualTo(bought.term());
        assertThat(moved.startedAt()).isEqualTo(bought.startedAt());
        assertThat(limit()).isEqualTo(5);
        setTime(END);
        assertThat(limit()).isEqualTo(3);
        setTime(MIDNIGHT);
        assertThat(limit()).isEqualTo(3);
    }

    @Test
    @DisplayName("R21: after the end a change of plan is a conflict that names the end; to subscribe again is not")
    void changeAfterTheEnd() {
        buy("pro", Term.trialUntil(END).thenPlan("free"));
        use(USER, ARTICLES, 2);
        setTime(END);

        assertThatThrownBy(() -> quota.subscriptions().changePlan(USER, "starter", BY_TEST))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining(END.toString());
        assertThatThrownBy(() -> quota.subscriptions().pin(USER, "pro", 1, BY_TEST))
                .isInstanceOf(CatalogConflictException.class);
        assertThat(limit()).isEqualTo(3);
        subscribe(USER, "pro");

        assertThat(use(USER, ARTICLES).used()).isEqualTo(3);
        assertThat(limit()).isEqualTo(10);
    }
}
