package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanInUseException;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.UnknownPlanException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R4, R12, R17, R20–R23: what becomes of a plan, from its first version to its end. */
abstract class PlanLifecycleContract extends ContractGroup {
    PlanLifecycleContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private Plan free(long units) {
        return plan("free", feature(ARTICLES, units, ResetPeriod.DAILY));
    }

    private Plan withPeriod(ResetPeriod period) {
        return quota.plans()
                .get("free")
                .orElseThrow()
                .edit()
                .replace(feature(ARTICLES, 5, period))
                .build();
    }

    @Test
    @DisplayName("R23: everything that a plan says is read back as it was saved, on every node, in every version")
    void readBack() {
        free(1);
        Plan rich = Plan.named("pro")
                .displayName("Pro – für Teams 😀")
                .description("Alles, und \"mehr\"\nin zwei Zeilen")
                .price("19.90", "EUR", BillingCycle.QUARTERLY)
                .displayOrder(-3)
                .fallback("free")
                .feature(feature(ARTICLES, 100, ResetPeriod.DAILY)
                        .thresholds(50, 100, 120)
                        .overage(Overage.upToPercent(20))
                        .onFailure(FailurePolicy.OPEN)
                        .shownAs("Articles", "article"))
                .feature(feature(PUBLISH, 0, ResetPeriod.every(Duration.ofMinutes(15)))
                        .overage(Overage.SOFT))
                .unlimited(KEYWORDS, ResetPeriod.NEVER)
                .build();

        Plan stored = quota.plans().create(rich, BY_TEST);
        setTime(NOON.plusSeconds(5));
        Plan next = quota.plans()
                .update(stored.edit().description(null).without(KEYWORDS).build(), BY_TEST);

        assertThat(stored).isEqualTo(rich.withVersion(1));
        assertThat(guard(fixture.anotherNode()).plans().get("pro")).contains(next);
        assertThat(quota.plans().get("pro", 1)).contains(stored);
        assertThat(quota.plans().versions("pro"))
                .containsExactly(new PlanVersion(stored, NOON), new PlanVersion(next, NOON.plusSeconds(5)));
        assertThat(quota.plans().versions("nope")).isEmpty();
        assertThat(quota.plans().list()).extracting(Plan::code).containsExactly("pro", "free");
        assertThat(List.copyOf(
                        quota.plans().get("pro", 1).orElseThrow().features().keySet()))
                .containsExactly(ARTICLES, PUBLISH, KEYWORDS);
    }

    @Test
    @DisplayName("R4: a plan that is switched off refuses with its own reason until it is switched on, usage kept")
    void activity() {
        dailyArticles(3);
        use(USER, ARTICLES, 2);

        Plan off = quota.plans().deactivate("free", BY_TEST.key("off"));
        assertThat(use(USER, ARTICLES).reason()).contains(RefusalReason.PLAN_INACTIVE);
        assertThat(quota.plans().deactivate("free", BY_TEST.key("off")).version())
                .isEqualTo(off.version());
        Plan on = quota.plans().activate("free", BY_TEST);

        assertThat(on.version()).isEqualTo(3);
        assertThat(use(USER, ARTICLES).used()).isEqualTo(3);
        assertThatThrownBy(() -> quota.plans().activate("nope", BY_TEST)).isInstanceOf(UnknownPlanException.class);
    }

    @Test
    @DisplayName("R4: a plan that something names is not deleted, and the error says what names it")
    void inUse() {
        free(3);
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        subscribe(USER, "free");
        assertThatThrownBy(() -> quota.plans().delete("free", BY_TEST))
                .isInstanceOf(PlanInUseException.class)
                .hasMessageContaining(USER);

        quota.subscriptions().changePlan(USER, "pro", Start.AT_WINDOW_END, BY_TEST);
        assertThatThrownBy(() -> quota.plans().delete("pro", BY_TEST)).isInstanceOf(PlanInUseException.class);
        assertThatThrownBy(() -> quota.plans().delete("free", BY_TEST)).isInstanceOf(PlanInUseException.class);
        setTime(MIDNIGHT);
        quota.plans().setDefault("free", BY_TEST);
        assertThatThrownBy(() -> quota.plans().delete("free", BY_TEST)).hasMessageContaining("default plan");
        quota.plans().setDefault(null, BY_TEST);
        quota.plans().update(quota.plans().get("pro").orElseThrow().withFallback("free"), BY_TEST);
        assertThatThrownBy(() -> quota.plans().delete("free", BY_TEST)).hasMessageContaining("fallback of plan pro");
        quota.plans().update(quota.plans().get("pro").orElseThrow().withFallback(null), BY_TEST);
        quota.subscriptions()
                .subscribe(
                        "trial",
                        "pro",
                        Term.trialUntil(MIDNIGHT.plusSeconds(60)).thenPlan("free"),
                        BY_TEST);
        assertThatThrownBy(() -> quota.plans().delete("free", BY_TEST)).hasMessageContaining("trial");
        assertThat(quota.plans().get("free")).isPresent();
    }

    @Test
    @DisplayName("R4, R23: a plan that nothing names any more is deleted for good, its versions and its audit stay")
    void deleted() {
        Plan free = free(3);
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        subscribe(USER, "free");
        quota.subscriptions().changePlan(USER, "pro", BY_TEST);

        quota.plans().delete("free", BY_TEST.key("gone"));
        quota.plans().delete("free", BY_TEST.key("gone"));

        assertThat(quota.plans().get("free")).isEmpty();
        assertThat(quota.plans().list()).extracting(Plan::code).containsExactly("pro");
        assertThat(quota.plans().get("free", 1)).contains(free);
        assertThat(quota.plans().versions("free")).hasSize(2);
        assertThat(quota.plans().history("free", 9).get(0).differences())
                .extracting(Object::toString)
                .contains("status: ACTIVE → DELETED");
        assertThatThrownBy(() -> quota.plans().delete("free", BY_TEST)).isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> subscribe("other", "free")).isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> quota.plans().setDefault("free", BY_TEST)).isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> free(9))
                .isInstanceOf(CatalogConflictException.class)
                .hasMessageContaining("deleted");
        assertThatThrownBy(() -> quota.plans().update(free, BY_TEST)).isInstanceOf(CatalogConflictException.class);
        assertThatThrownBy(() -> quota.plans().setDefault(null, BY_TEST.key("gone")))
                .isInstanceOf(IdempotencyConflictException.class);
    }

    @Test
    @DisplayName("R20, R21: a deleted plan's replacement is in force for everyone at once, usage and windows kept")
    void replaced() {
        free(10);
        plan("basic", feature(ARTICLES, 4, ResetPeriod.DAILY));
        plan("tiny", feature(ARTICLES, 2, ResetPeriod.DAILY));
        subscribe(USER, "free");
        quota.plans().setDefault("free", BY_TEST);
        use(USER, ARTICLES, 3);
        use("guest", ARTICLES, 3);

        quota.plans().deleteReplacedBy("free", "basic", BY_TEST.because("one plan less"));

        for (String subject : List.of(USER, "guest")) {
            Decision decision = use(subject, ARTICLES);
            assertAllowed(decision);
            assertThat(decision.remaining()).hasValue(0);
            assertThat(decision.source().plan()).isEqualTo("basic");
        }
        assertThat(use("guest", ARTICLES).source().kind()).isEqualTo(LimitSource.Kind.DEFAULT);
        quota.plans().deleteReplacedBy("basic", "tiny", BY_TEST);
        setTime(MIDNIGHT);
        assertThat(use(USER, ARTICLES, 2).remaining()).hasValue(0);
        assertThat(used(USER, ARTICLES)).isEqualTo(2);
        assertThatThrownBy(() -> quota.plans().delete("tiny", BY_TEST)).isInstanceOf(PlanInUseException.class);
        subscribe(USER, "tiny");
        assertRefused(use(USER, ARTICLES));
    }

    @Test
    @DisplayName("R4: fallbacks that lead back to where they began are refused, with the way they take")
    void cycles() {
        plan("a", feature(ARTICLES, 1, ResetPeriod.DAILY));
        Plan b = plan("b", feature(ARTICLES, 1, ResetPeriod.DAILY)).withFallback("a");
        quota.plans().update(b, BY_TEST);
        Plan c = plan("c", feature(ARTICLES, 1, ResetPeriod.DAILY)).withFallback("b");
        quota.plans().update(c, BY_TEST);
        Plan a = quota.plans().get("a").orElseThrow();

        assertThatThrownBy(() -> quota.plans().update(a.withFallback("c"), BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("a → c → b → a");
        assertThatThrownBy(() -> a.withFallback("a")).isInstanceOf(InvalidQuotaArgumentException.class);
        assertThatThrownBy(() -> quota.plans().update(a.withFallback("nope"), BY_TEST))
                .isInstanceOf(UnknownPlanException.class);
        assertThatThrownBy(() -> quota.plans().deleteReplacedBy("a", "c", BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class);
        assertThat(quota.plans().get("a")).contains(a);
        assertThat(quota.plans().history("a", 9)).hasSize(1);
    }

    @Test
    @DisplayName("R17: a reset period does not come back while a window of its time may be open; then it may")
    void periodComesBack() {
        free(5);
        subscribe(USER, "free");
        quota.plans().update(withPeriod(ResetPeriod.MONTHLY), BY_TEST);
        assertThatThrownBy(() -> quota.plans().update(withPeriod(ResetPeriod.DAILY), BY_TEST))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("daily")
                .hasMessageContaining("R17");

        setTime(NOON.plus(Duration.ofDays(6)));
        quota.plans().update(withPeriod(ResetPeriod.DAILY), BY_TEST);
        assertThatThrownBy(() -> quota.plans().update(withPeriod(ResetPeriod.MONTHLY), BY_TEST))
                .hasMessageContaining("R17");
        quota.plans().update(withPeriod(ResetPeriod.NEVER), BY_TEST);
        quota.plans().update(withPeriod(ResetPeriod.WEEKLY), BY_TEST);
        setTime(NOON.plus(Duration.ofDays(1000)));
        assertThatThrownBy(() -> quota.plans().update(withPeriod(ResetPeriod.NEVER), BY_TEST))
                .hasMessageContaining("R17");
        assertThat(quota.plans()
                        .update(withPeriod(ResetPeriod.MONTHLY), BY_TEST)
                        .features())
                .isEqualTo(Map.of(ARTICLES, feature(ARTICLES, 5, ResetPeriod.MONTHLY)));
    }
}
