package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R44: every change of the catalog has an audit row. */
abstract class AuditContract extends ContractGroup {
    private static final Change SALES = new Change("sales", "contract 17", "order-17");

    AuditContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    private List<CatalogEntry> history(Entity entity) {
        return quota.audit().changes(CatalogQuery.about(entity));
    }

    private static @Nullable String field(CatalogEntry entry, String path) {
        return entry.after() == null ? null : entry.after().fields().get(path);
    }

    private static void assertBySales(CatalogEntry entry, Instant at) {
        assertThat(entry.change()).isEqualTo(SALES);
        assertThat(entry.at()).isEqualTo(at);
    }

    @Test
    @DisplayName("R44: a plan's rows tell who, why, when, under which key, what was before and what is after")
    void plan() {
        Plan first = planOf("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.plans().create(first, BY_TEST);
        setTime(NOON.plusSeconds(1));
        quota.plans()
                .update(
                        planOf("free", feature(ARTICLES, 77, ResetPeriod.MONTHLY))
                                .withVersion(1),
                        SALES);

        List<CatalogEntry> rows = quota.plans().history("free", 10);

        assertThat(rows).extracting(CatalogEntry::revision).containsExactly(2L, 1L);
        assertThat(rows).extracting(CatalogEntry::entity).containsOnly(Entity.PLAN);
        assertThat(rows).extracting(CatalogEntry::name).containsOnly("free");
        assertThat(rows.get(1).before()).isNull();
        assertThat(field(rows.get(1), "features[" + ARTICLES + "].limit")).isEqualTo("3");
        assertThat(rows.get(0).before()).isEqualTo(rows.get(1).after());
        assertThat(rows.get(0).differences())
                .hasToString("[features[" + ARTICLES + "].limit: 3 → 77, features[" + ARTICLES
                        + "].period: daily → monthly]");
        assertBySales(rows.get(0), NOON.plusSeconds(1));
    }

    @Test
    @DisplayName("R44: a subject's rows tell its subscriptions and its overrides, newest first")
    void subject() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        subscribe(USER, "free");
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 44), BY_TEST);
        quota.subscriptions().removeOverride(USER, ARTICLES, BY_TEST);
        quota.subscriptions().changePlan(USER, "pro", SALES);

        List<CatalogEntry> rows = quota.subscriptions().history(USER, 10);

        assertThat(rows)
                .extracting(CatalogEntry::entity)
                .containsExactly(Entity.SUBSCRIPTION, Entity.OVERRIDE, Entity.OVERRIDE, Entity.SUBSCRIPTION);
        assertThat(rows).extracting(CatalogEntry::revision).containsExactly(4L, 3L, 2L, 1L);
        assertThat(rows.get(3).before()).isNull();
        assertThat(field(rows.get(3), "phases[0].plan")).isEqualTo("free");
        assertThat(rows.get(2).before()).isNull();
        assertThat(field(rows.get(2), "limit")).isEqualTo("44");
        assertThat(rows.get(1).before()).isEqualTo(rows.get(2).after());
        assertThat(rows.get(1).after()).isNull();
        assertThat(rows.get(0).before()).isEqualTo(rows.get(3).after());
        assertThat(field(rows.get(0), "phases[0].plan")).isEqualTo("pro");
        assertBySales(rows.get(0), NOON);
        assertThat(quota.subscriptions().history(USER, 2)).isEqualTo(rows.subList(0, 2));
        assertThat(quota.subscriptions().history("nobody", 2)).isEmpty();
    }

    @Test
    @DisplayName("R44: so does the choice of the default plan")
    void defaultPlan() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.plans().setDefault("free", BY_TEST);
        quota.plans().setDefault(null, SALES);

        List<CatalogEntry> rows = history(Entity.DEFAULT_PLAN);

        assertThat(rows).hasSize(2);
        assertThat(field(rows.get(1), "plan")).isEqualTo("free");
        assertThat(rows.get(0).before()).isEqualTo(rows.get(1).after());
        assertBySales(rows.get(0), NOON);
    }

    @Test
    @DisplayName("R44: a change that fails has no row, and neither has one that is answered again")
    void failedChange() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.subscriptions().subscribe(USER, "free", SALES);
        quota.subscriptions().subscribe(USER, "free", SALES);
        assertThatThrownBy(() -> subscribe(USER, "nope")).isInstanceOf(QuotaException.class);
        assertThatThrownBy(() -> plan("free")).isInstanceOf(QuotaException.class);
        assertThatThrownBy(() -> quota.plans().setDefault("nope", BY_TEST)).isInstanceOf(QuotaException.class);
        assertThatThrownBy(() -> quota.plans().setDefault("free", SALES)).isInstanceOf(QuotaException.class);

        assertThat(history(Entity.PLAN)).hasSize(1);
        assertThat(history(Entity.SUBSCRIPTION)).hasSize(1);
        assertThat(history(Entity.DEFAULT_PLAN)).isEmpty();
    }

    @Test
    @DisplayName("R44: rows are read a page at a time, each once, and a plan and a subject of one name are told apart")
    void pages() {
        plan(USER, feature(ARTICLES, 3, ResetPeriod.DAILY));
        for (int n = 0; n < 7; n++) {
            subscribe(USER, USER);
        }
        List<CatalogEntry> all = quota.subscriptions().history(USER, 100);
        CatalogQuery second = CatalogQuery.about(Entity.SUBSCRIPTION)
                .name(USER)
                .before(all.get(2).id())
                .pageSize(3);

        assertThat(all).hasSize(7);
        assertThat(all).extracting(CatalogEntry::id).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(quota.audit().changes(second)).isEqualTo(all.subList(3, 6));
        assertThat(quota.plans().history(USER, 100)).hasSize(1);
    }

    @Test
    @DisplayName("R44: a subscription is read back as it was saved, with its history of zones")
    void subscriptionIsReadBack() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        plan("pro", feature(ARTICLES, 30, ResetPeriod.DAILY));
        quota.subscriptions().subscribe(USER, "pro", BY_TEST);
        setTime(NOON.plusNanos(123_456_000));
        quota.subscriptions().subscribe(USER, "pro", Anchor.inZone(ZoneId.of("+05:45")), BY_TEST);
        Subscription saved = quota.subscriptions().changePlan(USER, "free", BY_TEST);

        assertThat(saved.phases()).hasSize(2);
        assertThat(saved.cadence().changes()).hasSize(1);
        assertThat(quota.subscriptions().get(USER)).contains(saved);
        assertThat(guard(fixture.anotherNode()).subscriptions().get(USER)).contains(saved);
    }

    @Test
    @DisplayName("R44: rows are found by who made the change")
    void byActor() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.subscriptions().subscribe(USER, "free", SALES);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 9), Change.by("support"));

        assertThat(quota.audit().changes(CatalogQuery.all())).hasSize(3);
        assertThat(quota.audit().changes(CatalogQuery.all().actor("sales")))
                .singleElement()
                .satisfies(entry -> assertBySales(entry, NOON));
        assertThat(quota.audit().changes(CatalogQuery.all().actor("support").name(USER)))
                .extracting(CatalogEntry::entity)
                .containsExactly(Entity.OVERRIDE);
        assertThat(quota.audit().changes(CatalogQuery.about(Entity.PLAN).actor("sales")))
                .isEmpty();
        assertThat(quota.audit().changes(CatalogQuery.all().actor("Sales"))).isEmpty();
    }

    @Test
    @DisplayName("R44: and by time, from the first instant on and before the last, to the microsecond")
    void byTime() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        List<Instant> times = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            times.add(NOON.plus(n, ChronoUnit.MICROS));
            setTime(times.get(n - 1));
            subscribe(USER, "free");
        }

        assertThat(at(times.get(0), times.get(2))).containsExactly(times.get(1), times.get(0));
        assertThat(at(times.get(1), null)).containsExactly(times.get(2), times.get(1));
        assertThat(at(null, times.get(1))).containsExactly(times.get(0), NOON);
        assertThat(at(times.get(1), times.get(1))).isEmpty();
        assertThat(at(times.get(2).plusSeconds(1), null)).isEmpty();
        assertThat(at(null, null)).hasSize(4);
    }

    private List<Instant> at(@Nullable Instant from, @Nullable Instant to) {
        return quota.audit().changes(CatalogQuery.all().between(from, to)).stream()
                .map(CatalogEntry::at)
                .toList();
    }

    @Test
    @DisplayName("R44: and by kind and name; a search is read a page at a time, however many other rows lie between")
    void byEntityAndName() {
        plan(USER, feature(ARTICLES, 3, ResetPeriod.DAILY));
        for (int n = 0; n < 5; n++) {
            quota.subscriptions().subscribe(USER, USER, SALES.key("order-" + n));
            subscribe("other", USER);
            quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, n), BY_TEST);
        }
        CatalogQuery query =
                CatalogQuery.about(Entity.SUBSCRIPTION, Entity.PLAN).name(USER);
        List<CatalogEntry> read = new ArrayList<>();
        List<CatalogEntry> page = quota.audit().changes(query.pageSize(2));
        while (!page.isEmpty()) {
            read.addAll(page);
            page = quota.audit()
                    .changes(query.pageSize(2).before(page.get(page.size() - 1).id()));
        }

        assertThat(read).isEqualTo(quota.audit().changes(query));
        assertThat(read).hasSize(6).extracting(CatalogEntry::name).containsOnly(USER);
        assertThat(read.get(5).entity()).isEqualTo(Entity.PLAN);
        assertThat(quota.audit().changes(query.actor("sales"))).isEqualTo(read.subList(0, 5));
    }

    @Test
    @DisplayName("R44: what a cancellation changes reads as one: until when, and what comes after it")
    void cancellation() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
        quota.subscriptions().subscribe(USER, "free", Term.renewing(BillingCycle.MONTHLY), BY_TEST);
        quota.plans().create(planOf("rest").edit().description("nothing").build(), BY_TEST);
        Plan free = quota.plans().get("free").orElseThrow();
        quota.plans().update(free.edit().fallback("rest").build(), BY_TEST);

        quota.subscriptions().cancel(USER, SALES);
        quota.subscriptions().resume(USER, BY_TEST);

        List<CatalogEntry> rows = quota.subscriptions().history(USER, 2);
        assertBySales(rows.get(1), NOON);
        assertThat(rows.get(1).differences())
                .hasToString("[term.cancelledFrom: (none) → 2026-04-10T12:00:00Z, term.fallback: (none) → rest]");
        assertThat(rows.get(0).differences()).hasToString("[term.cancelledFrom: 2026-04-10T12:00:00Z → (none)]");
    }
}
