package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.GuardStatistics;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.spi.ChangeFeed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R25: entitlements are cached and never stale, and every node hears of every change. */
abstract class FreshnessContract extends ContractGroup {
    private static final Duration OFTEN = Duration.ofMillis(20);

    FreshnessContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    /** Returns a guard that looks so seldom that a test never sees it look. */
    private QuotaGuard onItsOwn() {
        return closing(QuotaGuard.builder(fixture.anotherNode())
                .timeout(TIMEOUT)
                .catalogPollInterval(Duration.ofHours(1))
                .build());
    }

    @Test
    @DisplayName("R25: what a node has cached costs no look at the catalog, and the hits are counted")
    void hits() {
        dailyArticles(100);
        QuotaGuard node = onItsOwn();
        for (int n = 0; n < 10; n++) {
            node.checkAndRecord(USER, ARTICLES);
        }

        GuardStatistics statistics = node.statistics();

        assertThat(statistics.entitlementMisses()).isEqualTo(1);
        assertThat(statistics.entitlementHits()).isEqualTo(9);
        assertThat(statistics.stale()).isZero();
    }

    @Test
    @DisplayName("R25: a plan's edit on another node is read again once, not once for each of its subscribers")
    void learnedOnce() {
        dailyArticles(100);
        QuotaGuard node = onItsOwn();
        List<String> subjects = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            subjects.add("subject-" + n);
            subscribe(subjects.get(n), "free");
            node.checkAndRecord(subjects.get(n), ARTICLES);
        }
        // A watcher that hears of the subscriptions late reads their subjects anew.
        Await.until("nothing is read anew any more", () -> {
            long before = node.statistics().entitlementMisses();
            subjects.forEach(subject -> node.check(subject, ARTICLES));
            return node.statistics().entitlementMisses() == before;
        });
        long missesBefore = node.statistics().entitlementMisses();
        quota.plans().update(editedTo(7), BY_TEST);

        for (String subject : subjects) {
            assertThat(node.checkAndRecord(subject, ARTICLES).remaining()).hasValue(5);
        }

        // On a node whose watcher was told in time, not even one.
        assertThat(node.statistics().entitlementMisses() - missesBefore).isLessThanOrEqualTo(1);
        assertThat(node.statistics().stale()).isLessThanOrEqualTo(1);
    }

    @Test
    @DisplayName(
            "R25: every node tells its listeners of every change once it is committed, on whichever node it was made")
    void listeners() {
        Queue<CatalogEntry> here = new ConcurrentLinkedQueue<>();
        Queue<CatalogEntry> there = new ConcurrentLinkedQueue<>();
        QuotaGuard first = watching(here);
        QuotaGuard second = watching(there);
        awaitWatching(here, there);

        first.plans().create(planOf("free", feature(ARTICLES, 3, ResetPeriod.DAILY)), BY_TEST);
        second.subscriptions().subscribe(USER, "free", BY_TEST);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, 9), BY_TEST);
        first.plans().setDefault("free", BY_TEST);
        first.plans().update(editedTo(5), BY_TEST);

        for (Queue<CatalogEntry> told : List.of(here, there)) {
            Await.until("all five were told", () -> told.size() >= 5);
            assertThat(told)
                    .extracting(CatalogEntry::entity)
                    .containsExactly(
                            Entity.PLAN, Entity.SUBSCRIPTION, Entity.OVERRIDE, Entity.DEFAULT_PLAN, Entity.PLAN);
            assertThat(told).containsExactlyElementsOf(here);
        }
        assertThat(here)
                .last()
                .satisfies(entry ->
                        assertThat(entry.differences()).hasToString("[features[" + ARTICLES + "].limit: 3 → 5]"));
    }

    private QuotaGuard watching(Queue<CatalogEntry> told) {
        return closing(QuotaGuard.builder(fixture.anotherNode())
                .timeout(TIMEOUT)
                .catalogPollInterval(OFTEN)
                .planChangeListener(told::add)
                .planChangeListener(entry -> {
                    if (entry.entity() == Entity.OVERRIDE) {
                        throw new IllegalStateException("planned: it harms no other listener");
                    }
                })
                .build());
    }

    /** A watcher tells what comes after its first look, which it takes on a thread of its own. */
    private void awaitWatching(Queue<CatalogEntry> here, Queue<CatalogEntry> there) {
        Await.until("both watch", () -> {
            quota.plans().setDefault(null, BY_TEST);
            return !here.isEmpty() && !there.isEmpty();
        });
        long newest = quota.audit()
                .changes(io.quotaguard.model.CatalogQuery.all().pageSize(1))
                .get(0)
                .id();
        Await.until("both are up to date", () -> isUpTo(newest, here) && isUpTo(newest, there));
        here.clear();
        there.clear();
    }

    private static boolean isUpTo(long id, Queue<CatalogEntry> told) {
        return told.stream().anyMatch(entry -> entry.id() == id);
    }

    @Test
    @DisplayName("R44: the feed of changes gives each one once, a page at a time, from where one began to read")
    void feed() {
        free();
        String cursor = store.catalog().changes(null, 10, deadline()).cursor();
        assertThat(store.catalog().changes(cursor, 10, deadline()).entries()).isEmpty();
        for (int n = 0; n < 5; n++) {
            subscribe("subject-" + n, "free");
        }

        List<String> names = new ArrayList<>();
        ChangeFeed feed;
        do {
            feed = store.catalog().changes(cursor, 2, deadline());
            assertThat(feed.entries()).hasSizeLessThanOrEqualTo(2);
            feed.entries().forEach(entry -> names.add(entry.name()));
            cursor = feed.cursor();
        } while (feed.more());

        assertThat(names).containsExactly("subject-0", "subject-1", "subject-2", "subject-3", "subject-4");
        assertThat(store.catalog().changes(cursor, 2, deadline()).entries()).isEmpty();
    }

    private void free() {
        plan("free", feature(ARTICLES, 3, ResetPeriod.DAILY));
    }
}
