package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.CatalogOutcome.FallbackCycle;
import io.quotaguard.spi.CatalogOutcome.Moved;
import io.quotaguard.spi.CatalogOutcome.NoSuchPlan;
import io.quotaguard.spi.CatalogOutcome.PlanInUse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the tables keep of plans, and which plans may go. */
class PlanTablesTest extends StoreTest {
    @Test
    @DisplayName("a plan comes back with all that was said of it, in every version")
    void everythingIsKept() {
        Catalogs.save(store, "free", null);
        Plan first = rich("pro").build();
        Plan second = rich("pro")
                .description(null)
                .without("g")
                .displayOrder(-1)
                .inactive()
                .build();

        Catalogs.save(store, first, 0);
        database.setClock(Catalogs.START.plusSeconds(5));
        CatalogEntry entry = Catalogs.entry(Catalogs.save(store, second, 1));

        assertThat(plan("pro")).isEqualTo(second.withVersion(2));
        assertThat(store.catalog().plan("pro", 1, Commands.soon())).contains(first.withVersion(1));
        assertThat(Objects.requireNonNull(plan("pro")).features().keySet()).containsExactly("z", "f");
        assertThat(store.catalog().versions("pro", Commands.soon()))
                .containsExactly(
                        new PlanVersion(first.withVersion(1), Catalogs.START),
                        new PlanVersion(second.withVersion(2), Catalogs.START.plusSeconds(5)));
        assertThat(entry.before()).isEqualTo(AuditState.of(first));
        assertThat(entry.after()).isEqualTo(AuditState.of(second));
        assertThat(store.catalog().versions("nobody", Commands.soon())).isEmpty();
    }

    private static Plan.Builder rich(String code) {
        return Plan.named(code)
                .displayName("Pro \uD83D\uDE00")
                .description("two\nlines")
                .price("9.90", "EUR", BillingCycle.QUARTERLY)
                .displayOrder(7)
                .fallback("free")
                .feature(PlanFeature.of("z", Limit.unlimited(), ResetPeriod.NEVER))
                .feature(PlanFeature.of("f", Limit.of(3), ResetPeriod.every(Duration.ofMinutes(15)))
                        .overage(Overage.upToPercent(10))
                        .thresholds(50)
                        .onFailure(FailurePolicy.OPEN)
                        .shownAs("Fs", "f"))
                .feature(PlanFeature.of("g", Limit.of(3), ResetPeriod.DAILY).overage(Overage.upTo(100)));
    }

    @Test
    @DisplayName("R40: a feature comes back with the credits that it is paid from, in every version")
    void draws() {
        PlanFeature credits = PlanFeature.of("credits", Limit.of(500), ResetPeriod.MONTHLY);
        PlanFeature articles = PlanFeature.of("articles", Limit.unlimited(), ResetPeriod.MONTHLY);
        Plan first = Plan.named("pro")
                .feature(articles.drawing(10, "credits"))
                .feature(credits)
                .build();
        Plan second = Plan.named("pro").feature(articles).feature(credits).build();
        Catalogs.save(store, first, 0);
        Catalogs.save(store, second, 1);

        assertThat(store.catalog().plan("pro", 1, Commands.soon())).contains(first.withVersion(1));
        assertThat(plan("pro")).isEqualTo(second.withVersion(2));
    }

    @Test
    @DisplayName("a deleted plan is still read by its code, no longer listed, and its code is never given again")
    void deleted() {
        Catalogs.save(store, "pro", null);
        Catalogs.save(store, "free", null);

        CatalogEntry entry = Catalogs.entry(Catalogs.delete(store, "pro", "free"));

        Plan gone = Catalogs.plan("pro", "free").withStatus(Plan.Status.DELETED).withVersion(2);
        assertThat(plan("pro")).isEqualTo(gone);
        assertThat(store.catalog().plan("pro", 2, Commands.soon())).contains(gone);
        assertThat(store.catalog().plans(Commands.soon()))
                .extracting(Plan::code)
                .containsExactly("free");
        assertThat(entry.revision()).isEqualTo(2);
        assertThat(entry.before()).isEqualTo(AuditState.of(Catalogs.plan("pro", null)));
        assertThat(entry.after()).isEqualTo(AuditState.of(gone));
        assertThat(Catalogs.save(store, Catalogs.plan("pro", null), 2)).isEqualTo(new Moved(2));
        assertThat(Catalogs.save(store, Catalogs.plan("pro", null), 0)).isEqualTo(new Moved(2));
        assertThat(Catalogs.delete(store, "pro", null)).isEqualTo(new NoSuchPlan("pro"));
        assertThat(Catalogs.delete(store, "never", null)).isEqualTo(new NoSuchPlan("never"));
        assertThat(Catalogs.subscribe(store, "u", "pro")).isEqualTo(new NoSuchPlan("pro"));
        assertThat(Catalogs.makeDefault(store, "pro")).isEqualTo(new NoSuchPlan("pro"));
        assertThat(Catalogs.subscribe(store, until("u", "free", Catalogs.START.plusSeconds(9), "pro")))
                .isEqualTo(new NoSuchPlan("pro"));
    }

    @Test
    @DisplayName("a fallback must be there, and following it must not lead back, also not through deleted plans")
    void fallbacks() {
        assertThat(Catalogs.save(store, "a", "nowhere")).isEqualTo(new NoSuchPlan("nowhere"));
        Catalogs.save(store, "a", null);
        Catalogs.save(store, "b", "a");
        Catalogs.save(store, "c", "b");

        assertThat(Catalogs.save(store, "a", "c")).isEqualTo(new FallbackCycle(List.of("a", "c", "b", "a")));
        assertThat(Catalogs.delete(store, "a", "a")).isEqualTo(new FallbackCycle(List.of("a", "a")));
        assertThat(Catalogs.delete(store, "a", "b")).isEqualTo(new FallbackCycle(List.of("a", "b", "a")));
        assertThat(Catalogs.delete(store, "a", "nowhere")).isEqualTo(new NoSuchPlan("nowhere"));
        assertThat(Catalogs.delete(store, "b", "a")).isInstanceOf(Applied.class);
        assertThat(Catalogs.save(store, "a", "c")).isEqualTo(new FallbackCycle(List.of("a", "c", "b", "a")));
        assertThat(Catalogs.save(store, "a", "b")).isEqualTo(new NoSuchPlan("b"));
        assertThat(database.count("catalog_change")).isEqualTo(4);
    }

    @Test
    @DisplayName("a plan that something names goes only with another in its place")
    void inUse() {
        Catalogs.save(store, "a", null);
        Catalogs.save(store, "b", "a");
        assertThat(Catalogs.delete(store, "a", null)).isEqualTo(new PlanInUse("a", "the fallback of plan b"));
        Catalogs.makeDefault(store, "b");
        assertThat(Catalogs.delete(store, "b", null)).isEqualTo(new PlanInUse("b", "the default plan"));

        Catalogs.makeDefault(store, null);
        assertThat(Catalogs.delete(store, "b", null)).isInstanceOf(Applied.class);
        assertThat(Catalogs.delete(store, "a", null)).isInstanceOf(Applied.class);
    }

    @Test
    @DisplayName(
            "a plan goes once those who had it have another in every window, or nothing, or its replacement is gone")
    void usedBySubscription() {
        Catalogs.save(store, "a", null);
        Catalogs.save(store, "b", null);
        Catalogs.subscribe(store, "u", "a");
        assertInUse("a", "subject u");

        Subscription moving = Subscription.to("u", Catalogs.now("a", Catalogs.START), Term.OPEN, Cadence.DEFAULT)
                .then(Catalogs.atWindowEnd("b", Catalogs.START));
        Catalogs.subscribe(store, moving);
        assertInUse("a", "subject u");
        assertInUse("b", "subject u");
        database.setClock(Instant.parse("2026-03-31T23:59:59.999999Z"));
        assertInUse("a", "subject u");
        database.setClock(Instant.parse("2026-04-01T00:00:00Z"));
        assertThat(Catalogs.delete(store, "a", null)).isInstanceOf(Applied.class);
        assertInUse("b", "subject u");

        Catalogs.save(store, "c", null);
        assertThat(Catalogs.delete(store, "b", "c")).isInstanceOf(Applied.class);
        assertInUse("c", "subject u");
    }

    @Test
    @DisplayName("of a subscription that ended only the plan after it counts, and that one always")
    void usedByTerm() {
        Catalogs.save(store, "a", null);
        Catalogs.save(store, "b", null);
        Instant end = Catalogs.START.plusSeconds(60);
        Catalogs.subscribe(store, until("u", "a", end, "b"));

        assertInUse("a", "subject u");
        assertInUse("b", "subject u");
        database.setClock(end);
        assertInUse("b", "subject u");
        assertThat(Catalogs.delete(store, "a", null)).isInstanceOf(Applied.class);
    }

    private void assertInUse(String plan, String by) {
        CatalogOutcome outcome = Catalogs.delete(store, plan, null);
        assertThat(outcome).isEqualTo(new PlanInUse(plan, by));
    }

    private static Subscription until(String subject, String plan, Instant end, @Nullable String fallback) {
        Term term = Term.until(end).thenPlan(fallback);
        return Subscription.to(subject, Catalogs.now(plan, Catalogs.START), term, Cadence.DEFAULT);
    }

    private @Nullable Plan plan(String code) {
        Optional<Plan> found = store.catalog().plan(code, Commands.soon());
        return found.orElse(null);
    }
}
