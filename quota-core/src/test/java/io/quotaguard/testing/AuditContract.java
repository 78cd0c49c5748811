package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import java.time.Instant;
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
        assertThat(all).extracting(CatalogEntry::id).isSortedAccordingTo(java.util.Comparator.reverseOrder());
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
        quota.subscriptions()
                .subscribe(USER, "pro", io.quotaguard.model.Anchor.inZone(java.time.ZoneId.of("+05:45")), BY_TEST);
        io.quotaguard.model.Subscription saved = quota.subscriptions().changePlan(USER, "free", BY_TEST);

        assertThat(saved.phases()).hasSize(2);
        assertThat(saved.cadence().changes()).hasSize(1);
        assertThat(quota.subscriptions().get(USER)).contains(saved);
        assertThat(guard(fixture.anotherNode()).subscriptions().get(USER)).contains(saved);
    }
}
