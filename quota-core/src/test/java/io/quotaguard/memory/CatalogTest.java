package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.CatalogOutcome.KeyConflict;
import io.quotaguard.spi.CatalogOutcome.Moved;
import io.quotaguard.spi.CatalogOutcome.NoSuchPlan;
import io.quotaguard.spi.CatalogOutcome.StaleClock;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The catalog in memory")
class CatalogTest {
    private static final Change BY_ADMIN = Change.by("admin").because("wanted");

    private final Bench bench = new Bench();
    private final CatalogStore catalog = bench.store().catalog();

    private static Plan plan(String code, long limit) {
        return Plan.named(code).limit("f", limit, ResetPeriod.DAILY).build();
    }

    private CatalogOutcome apply(CatalogCommand command) {
        return catalog.apply(command, Bench.soon());
    }

    private CatalogEntry applied(CatalogCommand command) {
        CatalogOutcome outcome = apply(command);
        assertThat(outcome).isInstanceOf(Applied.class);
        assertThat(((Applied) outcome).replayed()).isFalse();
        return ((Applied) outcome).entry();
    }

    private Subscription subscription(String plan, @Nullable Long pinned) {
        return Subscription.to("u", new Phase(plan, pinned, bench.now(), Start.NOW), Term.OPEN, Cadence.DEFAULT);
    }

    private SaveSubscription subscribe(String plan, @Nullable Long pinned, long expected) {
        return new SaveSubscription(
                subscription(plan, pinned), expected, bench.now(), List.of(), "subscribe to " + plan, BY_ADMIN);
    }

    @Test
    @DisplayName("R23: each save of a plan makes the next version, and every version stays readable")
    void versions() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN));
        applied(new SavePlan(plan("pro", 20), 1, BY_ADMIN));
        applied(new SavePlan(plan("free", 1), 0, BY_ADMIN));

        assertThat(catalog.plan("pro", Bench.soon())).contains(plan("pro", 20).withVersion(2));
        assertThat(catalog.plan("pro", 1, Bench.soon()))
                .contains(plan("pro", 10).withVersion(1));
        assertThat(catalog.plan("pro", 3, Bench.soon())).isEmpty();
        assertThat(catalog.plan("pro", 0, Bench.soon())).isEmpty();
        assertThat(catalog.plans(Bench.soon()))
                .containsExactly(plan("free", 1).withVersion(1), plan("pro", 20).withVersion(2));
    }

    @Test
    @DisplayName("R44: a change made for another state changes nothing, not even the audit")
    void moved() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN));
        assertThat(apply(new SavePlan(plan("pro", 20), 0, BY_ADMIN))).isEqualTo(new Moved(1));
        assertThat(apply(new SavePlan(plan("new", 20), 1, BY_ADMIN))).isEqualTo(new Moved(0));
        applied(subscribe("pro", null, 0));
        assertThat(apply(subscribe("pro", null, 0))).isEqualTo(new Moved(1));
        assertThat(apply(new SaveOverride("u", "f", null, 7, List.of(), BY_ADMIN)))
                .isEqualTo(new Moved(1));

        assertThat(catalog.load("u", Bench.soon()).revision()).isEqualTo(1);
        assertThat(history(null)).hasSize(2);
    }

    @Test
    @DisplayName("A change that names a plan or a pinned version that does not exist changes nothing")
    void noSuchPlan() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN));
        assertThat(apply(subscribe("gold", null, 0))).isEqualTo(new NoSuchPlan("gold"));
        assertThat(apply(subscribe("pro", 2L, 0))).isEqualTo(new NoSuchPlan("pro"));
        assertThat(apply(new SaveSubscription(
                        subscription("pro", null).then(new Phase("gold", null, bench.now(), Start.NOW)),
                        0,
                        bench.now(),
                        List.of(),
                        "move to gold",
                        BY_ADMIN)))
                .isEqualTo(new NoSuchPlan("gold"));
        assertThat(apply(new SaveDefaultPlan("gold", BY_ADMIN))).isEqualTo(new NoSuchPlan("gold"));
        assertThat(catalog.load("u", Bench.soon()).revision()).isZero();
    }

    @Test
    @DisplayName("A load holds what bears on the subject: its entries, their plans, pinned versions, the default plan")
    void load() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN));
        applied(new SavePlan(plan("pro", 20), 1, BY_ADMIN));
        applied(new SavePlan(plan("free", 1), 0, BY_ADMIN));
        applied(new SavePlan(plan("other", 1), 0, BY_ADMIN));
        applied(new SaveDefaultPlan("free", BY_ADMIN));
        FeatureOverride override = FeatureOverride.ofLimit("u", "f", 99);
        applied(subscribe("pro", 1L, 0));
        applied(new SaveOverride("u", "f", override, 1, List.of(), BY_ADMIN));

        SubjectCatalog loaded = catalog.load("u", Bench.soon());
        assertThat(loaded.revision()).isEqualTo(2);
        assertThat(loaded.subscription()).isEqualTo(subscription("pro", 1L));
        assertThat(loaded.overrides()).containsExactly(override);
        assertThat(loaded.plans()).containsOnlyKeys("pro", "free");
        assertThat(loaded.plan("pro", 1L)).contains(plan("pro", 10).withVersion(1));
        assertThat(loaded.plan("pro", null)).contains(plan("pro", 20).withVersion(2));
        assertThat(loaded.defaultPlan()).isEqualTo(new SubjectCatalog.DefaultPlan("free", 1));

        applied(new SaveOverride("u", "f", null, 2, List.of(), BY_ADMIN));
        assertThat(catalog.load("u", Bench.soon()).overrides()).isEmpty();
        assertThat(catalog.load("nobody", Bench.soon()).revision()).isZero();
    }

    @Test
    @DisplayName("R12: a repeated key is answered with the original row, also when the retry read a later revision")
    void keyReplays() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN.key("p")));
        SaveSubscription first =
                new SaveSubscription(subscription("pro", null), 0, bench.now(), List.of(), "to pro", BY_ADMIN.key("s"));
        CatalogEntry entry = applied(first);
        bench.pass(Duration.ofMinutes(1));

        CatalogOutcome same = apply(first);
        CatalogOutcome retried = apply(new SaveSubscription(
                subscription("pro", null).then(new Phase("pro", null, bench.now(), Start.NOW)),
                1,
                bench.now(),
                List.of(),
                "to pro",
                Change.by("someone else").key("s")));

        assertThat(same).isEqualTo(new Applied(entry, true, List.of()));
        assertThat(retried).isEqualTo(new Applied(entry, true, List.of()));
        assertThat(catalog.load("u", Bench.soon()).revision()).isEqualTo(1);
        assertThat(history(null)).hasSize(2);
    }

    @Test
    @DisplayName("R8, R12: a key that stands for another change is a conflict that changes nothing")
    void keyConflicts() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN.key("k")));

        assertThat(apply(new SavePlan(plan("pro", 11), 1, BY_ADMIN.key("k")))).isEqualTo(new KeyConflict("k"));
        assertThat(apply(new SavePlan(plan("free", 10), 0, BY_ADMIN.key("k")))).isEqualTo(new KeyConflict("k"));
        assertThat(apply(new SaveDefaultPlan("pro", BY_ADMIN.key("k")))).isEqualTo(new KeyConflict("k"));
        assertThat(catalog.plan("pro", Bench.soon()).orElseThrow().version()).isEqualTo(1);
        assertThat(catalog.plan("free", Bench.soon())).isEmpty();
    }

    private static CatalogQuery query(CatalogQuery query, @Nullable String name) {
        return name == null ? query : query.name(name);
    }

    private static @Nullable String field(CatalogEntry entry, String path) {
        return entry.after() == null ? null : entry.after().fields().get(path);
    }

    private List<CatalogEntry> history(@Nullable String name) {
        return catalog.history(query(CatalogQuery.all(), name), Bench.soon());
    }

    @Test
    @DisplayName("R44: each change has its audit row: who, why, what it was, what it is, which revision, when")
    void audit() {
        applied(new SavePlan(plan("pro", 10), 0, BY_ADMIN));
        applied(new SavePlan(plan("pro", 20).withActive(false), 1, BY_ADMIN));
        applied(new SaveDefaultPlan("pro", BY_ADMIN));
        applied(new SaveOverride(
                "pro", "f", FeatureOverride.ofLimit("pro", "f", 3).until(bench.now()), 0, List.of(), BY_ADMIN));
        applied(subscribe("pro", 1L, 0));

        assertThat(history(null)).extracting(CatalogEntry::id).containsExactly(5L, 4L, 3L, 2L, 1L);
        CatalogEntry edit = history("pro").get(2);
        assertThat(edit.entity()).isEqualTo(Entity.PLAN);
        assertThat(edit.change()).isEqualTo(BY_ADMIN);
        assertThat(edit.revision()).isEqualTo(2);
        assertThat(edit.at()).isEqualTo(bench.now());
        assertThat(edit.differences()).hasToString("[features[f].limit: 10 → 20, status: ACTIVE → INACTIVE]");
        assertThat(history("u").get(0).before()).isNull();
        assertThat(field(history("u").get(0), "phases[0].plan")).isEqualTo("pro");
        assertThat(field(history("u").get(0), "phases[0].pinnedVersion")).isEqualTo("1");
        assertThat(catalog.history(CatalogQuery.about(Entity.OVERRIDE).name("pro"), Bench.soon()))
                .hasSize(1)
                .allSatisfy(row -> assertThat(field(row, "expiresAt"))
                        .isEqualTo(bench.now().toString()));
        assertThat(catalog.history(CatalogQuery.all().before(4).pageSize(2), Bench.soon()))
                .extracting(CatalogEntry::id)
                .containsExactly(3L, 2L);
    }

    @Test
    @DisplayName("R30: a subscription's change fires for existing counters in its own step, and makes no new counter")
    void realigns() {
        applied(new SavePlan(plan("small", 5), 0, BY_ADMIN));
        bench.accepted(bench.record("u", 5, 100));
        CatalogVersion after = new CatalogVersion(1, "small", 1, CatalogVersion.NOT_USED);
        List<Line> lines = new ArrayList<>();
        for (String feature : List.of("f", "never used")) {
            lines.add(new Line("u", feature, 0, Bench.terms(5, Bench.DAY, after)));
        }

        CatalogOutcome outcome = apply(new SaveSubscription(
                subscription("small", null), 0, bench.now(), lines, "to small", BY_ADMIN.key("k")));

        assertThat(((Applied) outcome).alerts()).extracting(Alert::threshold).containsExactly(80, 95, 100);
        assertThat(((Applied) outcome).alerts()).extracting(Alert::feature).containsOnly("f");
        assertThat(bench.store().parts().meters().owners()).containsExactly(new Owner("u", "f"));
        assertThat(bench.store().ledger().records(UsageQuery.of("u"), Bench.soon()))
                .hasSize(1);
    }

    @Test
    @DisplayName("R19: lines for a window that the store's clock has left are computed again, and nothing changed")
    void staleClock() {
        applied(new SavePlan(plan("small", 5), 0, BY_ADMIN));
        bench.accepted(bench.record("u", 5, 100));
        Line line = new Line("u", "f", 0, bench.terms(5));
        bench.pass(Duration.ofDays(1));

        assertThat(apply(new SaveSubscription(
                        subscription("small", null), 0, bench.now(), List.of(line), "to small", BY_ADMIN)))
                .isEqualTo(new StaleClock(bench.now()));
        assertThat(catalog.load("u", Bench.soon()).revision()).isZero();
        assertThat(history("u")).isEmpty();
    }

    @Test
    @DisplayName("R44: of many changes made for one state exactly one is applied")
    void oneWins() {
        applied(new SavePlan(plan("pro", 0), 0, BY_ADMIN));
        List<CatalogOutcome> outcomes =
                Crowd.run(8, thread -> () -> apply(new SavePlan(plan("pro", thread), 1, BY_ADMIN)));

        assertThat(outcomes).filteredOn(Applied.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(new Moved(2)::equals).hasSize(7);
    }
}
