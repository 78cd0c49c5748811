package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Counter;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Overage;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.SubjectUsage;
import io.quotaguard.spi.SubjectUsage.OpenCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the tables keep of subjects, and how they are read page by page. */
class SubscribersTest extends StoreTest {
    private static final Window MARCH =
            new Window(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"));

    @BeforeEach
    void savePlans() {
        Catalogs.save(store, "a", null);
        Catalogs.save(store, "b", null);
    }

    @Test
    @DisplayName("a subscription comes back with its term, and an override with every field")
    void everythingIsKept() {
        Term term = new Term(
                Term.Kind.FIXED,
                BillingCycle.YEARLY,
                Instant.parse("2027-03-10T12:00:00.123456Z"),
                Instant.parse("2026-05-01T00:00:00Z"),
                "b");
        Subscription subscription = Subscription.to("u", Catalogs.now("a", Catalogs.START), term, Cadence.DEFAULT)
                .then(new Subscription.Phase("b", 1L, Catalogs.START.plusSeconds(1), Subscription.Start.AT_WINDOW_END));
        FeatureOverride override = FeatureOverride.ofLimit("u", "f", 7)
                .period(ResetPeriod.WEEKLY)
                .overage(Overage.SOFT)
                .thresholds(1, 2)
                .until(Catalogs.START);
        Catalogs.subscribe(store, subscription);
        Catalogs.override(store, override);
        Catalogs.override(store, FeatureOverride.of("u", "g"));

        assertThat(load("u").subscription()).isEqualTo(subscription);
        assertThat(load("u").overrides()).containsExactly(override, FeatureOverride.of("u", "g"));
        assertThat(load("u").pinned()).extracting(Plan::code).containsExactly("b");
        Subscription open = subscription.withTerm(Term.OPEN);
        Catalogs.subscribe(store, open);
        assertThat(load("u").subscription()).isEqualTo(open);
    }

    @Test
    @DisplayName("a subject's catalog holds whatever stands in for its deleted plans, and nothing beyond")
    void standIns() {
        for (String code : List.of("c", "d", "e")) {
            Catalogs.save(store, code, null);
        }
        Catalogs.save(store, "f", "e");
        Catalogs.subscribe(store, until("u", "a", "b"));
        Catalogs.makeDefault(store, "f");
        Catalogs.delete(store, "a", "c");
        Catalogs.delete(store, "c", "d");

        assertThat(load("u").plans().keySet()).containsExactlyInAnyOrder("a", "b", "c", "d", "f");
        assertThat(load("u").current("a").map(Plan::code)).contains("d");
        assertThat(load("nobody").plans().keySet()).containsExactly("f");
    }

    @Test
    @DisplayName("those who have a plan, or will, are read by name and page by page")
    void pages() {
        Catalogs.subscribe(store, "u1", "a");
        Catalogs.subscribe(store, "u2", "b");
        Catalogs.subscribe(store, until("u3", "b", "a"));
        Catalogs.subscribe(
                store,
                Subscription.to("Z", Catalogs.now("a", Catalogs.START), Term.OPEN, Cadence.DEFAULT)
                        .then(Catalogs.atWindowEnd("a", Catalogs.START)));
        use("u5", Window.PERMANENT, 1);
        use("past", new Window(MARCH.start(), Catalogs.START), 1);
        use("u2", MARCH, 1);
        Catalogs.override(store, FeatureOverride.ofLimit("u5", "f", 3));

        assertThat(read("a", 10)).containsExactly("Z", "u1", "u3");
        assertThat(read("a", 1)).containsExactly("Z", "u1", "u3");
        assertThat(read("b", 2)).containsExactly("u2", "u3");
        Catalogs.makeDefault(store, "a");
        assertThat(read("a", 2)).containsExactly("Z", "u1", "u3", "u5");
        assertThat(read("none", 2)).isEmpty();
    }

    @Test
    @DisplayName("with each comes its catalog and its counters of windows that have not ended")
    void counters() {
        Catalogs.subscribe(store, "u", "a");
        use("u", MARCH, 9);
        use("u", Window.PERMANENT, 2);
        use("u", new Window(Instant.EPOCH, MARCH.start()), 3);
        List<OpenCounter> open = List.of(
                new OpenCounter("f", Window.PERMANENT, new Counter(2, 0), Set.of()),
                new OpenCounter("f", MARCH, new Counter(9, 0), Set.of(80)));

        SubjectUsage usage = store.catalog().usage("u", Commands.soon());
        assertThat(usage.counters()).isEqualTo(open);
        assertThat(usage.catalog()).isEqualTo(load("u"));
        assertThat(store.catalog().subscribers("a", null, 10, Commands.soon())).containsExactly(usage);
        database.setClock(Objects.requireNonNull(MARCH.end()));
        assertThat(store.catalog().usage("u", Commands.soon()).counters()).containsExactly(open.get(0));
        assertThat(store.catalog().usage("nobody", Commands.soon()).counters()).isEmpty();
    }

    @Test
    @DisplayName("overrides are read by subject and feature, of all features or of one, page by page")
    void overrides() {
        List<FeatureOverride> all = new ArrayList<>();
        for (String subject : List.of("A", "a", "b", "\uD83D\uDE00")) {
            for (String feature : List.of("F", "f")) {
                FeatureOverride override = FeatureOverride.ofLimit(subject, feature, 1);
                Catalogs.override(store, override);
                all.add(override);
            }
        }
        assertThat(read(OverrideQuery.all())).isEqualTo(all);
        assertThat(read(OverrideQuery.all().pageSize(3))).isEqualTo(all);
        assertThat(read(OverrideQuery.all().pageSize(1).feature("F")))
                .extracting(FeatureOverride::subject)
                .containsExactly("A", "a", "b", "\uD83D\uDE00");
        assertThat(read(OverrideQuery.all().feature("none"))).isEmpty();
    }

    private void use(String subject, Window window, long amount) {
        Instant now = database.clock();
        database.setClock(window.start());
        Commands.run(store, Commands.record(new Line(subject, "f", amount, withCatalog(subject, window))));
        database.setClock(now);
    }

    private io.quotaguard.spi.Terms withCatalog(String subject, Window window) {
        var terms = Commands.terms(10, window);
        return new io.quotaguard.spi.Terms(
                terms.standing(),
                terms.limit(),
                terms.ceiling(),
                terms.thresholds(),
                terms.source(),
                window,
                null,
                null,
                new io.quotaguard.model.CatalogVersion(load(subject).revision(), null, 0, -1));
    }

    private static Subscription until(String subject, String plan, @Nullable String fallback) {
        Term term = Term.until(Catalogs.START.plusSeconds(60)).thenPlan(fallback);
        return Subscription.to(subject, Catalogs.now(plan, Catalogs.START), term, Cadence.DEFAULT);
    }

    private SubjectCatalog load(String subject) {
        return store.catalog().load(subject, Commands.soon());
    }

    private List<String> read(String plan, int pageSize) {
        List<String> subjects = new ArrayList<>();
        List<SubjectUsage> page;
        do {
            String after = subjects.isEmpty() ? null : subjects.get(subjects.size() - 1);
            page = store.catalog().subscribers(plan, after, pageSize, Commands.soon());
            assertThat(page.size()).isLessThanOrEqualTo(pageSize);
            page.forEach(usage -> subjects.add(usage.catalog().subject()));
        } while (!page.isEmpty());
        return subjects;
    }

    private List<FeatureOverride> read(OverrideQuery first) {
        List<FeatureOverride> found = new ArrayList<>();
        List<FeatureOverride> page;
        do {
            OverrideQuery next = found.isEmpty() ? first : first.after(found.get(found.size() - 1));
            page = store.catalog().overrides(next, Commands.soon());
            found.addAll(page);
        } while (!page.isEmpty());
        return found;
    }
}
