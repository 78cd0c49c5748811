package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Plan;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.CatalogOutcome.FallbackCycle;
import io.quotaguard.spi.CatalogOutcome.NoSuchPlan;
import io.quotaguard.spi.CatalogOutcome.PlanInUse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Changes of plans against changes that name them, on several connections at once. */
class PlanRaceTest extends StoreTest {
    @BeforeEach
    void savePlans() {
        Catalogs.save(store, "a", null);
        Catalogs.save(store, "b", null);
    }

    @Test
    @DisplayName("a subscription that comes while its plan is deleted waits, and then finds no plan")
    void subscribeBehindDelete() throws Exception {
        try (Connection deleting = begin("LOCK TABLE quotaguard.plan IN SHARE ROW EXCLUSIVE MODE;"
                + " SELECT 1 FROM quotaguard.plan WHERE code = 'a' FOR UPDATE;"
                + " UPDATE quotaguard.plan SET status = 'DELETED', version = 2 WHERE code = 'a'")) {
            CompletableFuture<CatalogOutcome> subscribed = inBackground(() -> Catalogs.subscribe(store, "u", "a"));
            CompletableFuture<CatalogOutcome> chosen = inBackground(() -> Catalogs.makeDefault(store, "a"));
            database.awaitLockWaits(2);
            assertThat(Catalogs.subscribe(store, "v", "b")).isInstanceOf(Applied.class);
            deleting.commit();

            assertThat(subscribed.get(10, TimeUnit.SECONDS)).isEqualTo(new NoSuchPlan("a"));
            assertThat(chosen.get(10, TimeUnit.SECONDS)).isEqualTo(new NoSuchPlan("a"));
        }
    }

    @Test
    @DisplayName("a deletion that comes while somebody subscribes waits, and then finds the plan in use")
    void deleteBehindSubscribe() throws Exception {
        try (Connection subscribing = begin("INSERT INTO quotaguard.subscriber VALUES ('u', 1);"
                + " INSERT INTO quotaguard.subscription (subject, started_at, term_kind) VALUES ('u', now(), 'OPEN');"
                + " SELECT 1 FROM quotaguard.plan WHERE code = 'a' FOR KEY SHARE;"
                + " INSERT INTO quotaguard.subscription_phase VALUES ('u', 0, 'a', NULL, now(), 'NOW')")) {
            CompletableFuture<CatalogOutcome> deleted = inBackground(() -> Catalogs.delete(store, "a", null));
            database.awaitLockWaits(1);
            subscribing.commit();

            assertThat(deleted.get(10, TimeUnit.SECONDS)).isEqualTo(new PlanInUse("a", "subject u"));
        }
    }

    @Test
    @DisplayName("of a subscription and a deletion that start together one wins, and nobody has a plan that is gone")
    void deleteAgainstSubscribe() throws Exception {
        for (int round = 0; round < 25; round++) {
            String plan = "p" + round;
            String subject = "u" + round;
            Catalogs.save(store, plan, null);
            CyclicBarrier start = new CyclicBarrier(2);

            CompletableFuture<CatalogOutcome> subscribed =
                    inBackground(() -> Catalogs.subscribe(store, subject, plan), start);
            CompletableFuture<CatalogOutcome> deleted = inBackground(() -> Catalogs.delete(store, plan, null), start);

            boolean bought = subscribed.get(10, TimeUnit.SECONDS) instanceof Applied;
            boolean gone = deleted.get(10, TimeUnit.SECONDS) instanceof Applied;
            assertThat(bought).as("round %d", round).isNotEqualTo(gone);
        }
    }

    @Test
    @DisplayName("two edits that would build a cycle of fallbacks together do not: the second sees the first")
    void noCycleTogether() throws Exception {
        for (int round = 0; round < 25; round++) {
            Catalogs.save(store, "a", null);
            Catalogs.save(store, "b", null);
            CyclicBarrier start = new CyclicBarrier(2);

            CompletableFuture<CatalogOutcome> one = inBackground(() -> Catalogs.save(store, "a", "b"), start);
            CompletableFuture<CatalogOutcome> other = inBackground(() -> Catalogs.save(store, "b", "a"), start);

            assertThat(java.util.List.of(one.get(10, TimeUnit.SECONDS), other.get(10, TimeUnit.SECONDS)))
                    .as("round %d", round)
                    .hasAtLeastOneElementOfType(Applied.class)
                    .hasAtLeastOneElementOfType(FallbackCycle.class);
        }
    }

    @Test
    @DisplayName("while a plan is written, checks, reads, subscriptions and overrides go on")
    void othersGoOn() throws Exception {
        try (Connection writing = begin("LOCK TABLE quotaguard.plan IN SHARE ROW EXCLUSIVE MODE;"
                + " SELECT 1 FROM quotaguard.plan WHERE code = 'a' FOR NO KEY UPDATE;"
                + " UPDATE quotaguard.plan SET version = 2 WHERE code = 'a'")) {
            assertThat(Catalogs.subscribe(store, "u", "a")).isInstanceOf(Applied.class);
            assertThat(Catalogs.makeDefault(store, "a")).isInstanceOf(Applied.class);
            assertThat(store.catalog().plan("a", Commands.soon()).map(Plan::version))
                    .contains(1L);
            assertThat(database.ask("SELECT allowed FROM quotaguard.record_feature_usage('u', 'f', 1)"))
                    .isEqualTo("t");
            CompletableFuture<CatalogOutcome> edit = inBackground(() -> Catalogs.save(store, "b", null));
            database.awaitLockWaits(1);
            writing.commit();
            CatalogEntry entry = Catalogs.entry(edit.get(10, TimeUnit.SECONDS));
            assertThat(entry.revision()).isEqualTo(2);
        }
    }

    private Connection begin(String sql) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private static CompletableFuture<CatalogOutcome> inBackground(Supplier<CatalogOutcome> change) {
        return CompletableFuture.supplyAsync(change, PlanRaceTest::onAThreadOfItsOwn);
    }

    private static CompletableFuture<CatalogOutcome> inBackground(
            Supplier<CatalogOutcome> change, CyclicBarrier start) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        start.await(10, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    return change.get();
                },
                PlanRaceTest::onAThreadOfItsOwn);
    }

    /** The common pool has but one thread on a machine of two cores, and these wait for each other. */
    private static void onAThreadOfItsOwn(Runnable work) {
        new Thread(work, "plan-race").start();
    }
}
