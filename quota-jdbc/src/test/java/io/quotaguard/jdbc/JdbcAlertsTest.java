package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Claimed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The outbox under several dispatchers at once. */
class JdbcAlertsTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final TestDatabase database = TestDatabase.migrated();
    private final JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());
    private final AlertStore alerts = store.alerts();

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    @Test
    @DisplayName("R33: what follows an alert that was put off waits for it, for every dispatcher")
    void putOff() {
        exhaust("u");
        List<Long> ids = ids(claim("d1", 2));
        assertThat(ids).hasSize(2);

        alerts.putOff(ids.subList(0, 1), Duration.ofHours(1), Commands.soon());

        assertThat(claim("d1", 10)).isEmpty();
        assertThat(claim("d2", 10)).isEmpty();
        alerts.putOff(ids, Duration.ZERO, Commands.soon());
        assertThat(claim("d2", 10)).hasSize(3);
    }

    @Test
    @DisplayName("R33: what follows an alert that another dispatcher is claiming this very moment waits too")
    void beingClaimed() throws SQLException {
        exhaust("u");
        exhaust("v");
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM quotaguard.quota_alert WHERE id = 1 FOR UPDATE");

            assertThat(claim("d1", 10))
                    .hasSize(3)
                    .allMatch(claimed -> claimed.alert().subject().equals("v"));
            other.rollback();
        }
        assertThat(claim("d1", 10))
                .hasSize(3)
                .allMatch(claimed -> claimed.alert().subject().equals("u"));
    }

    @Test
    @DisplayName("R33: a counter whose alerts must wait does not keep those of others from being claimed")
    void noStarvation() {
        exhaust("u");
        exhaust("v");
        alerts.putOff(ids(claim("d1", 1)), Duration.ofHours(1), Commands.soon());

        assertThat(claim("d1", 1))
                .hasSize(1)
                .allMatch(claimed -> claimed.alert().subject().equals("v"));
    }

    @Test
    @DisplayName("E1, R33: many dispatchers deliver every alert once, and each counter's in their order")
    void manyDispatchers() throws Exception {
        for (int i = 0; i < 60; i++) {
            exhaust("u" + i);
        }
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            List<Claimed> delivered = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Callable<Integer>> dispatchers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String name = "d" + i;
                dispatchers.add(() -> deliverAll(name, delivered));
            }
            for (Future<Integer> dispatcher : pool.invokeAll(dispatchers)) {
                dispatcher.get();
            }
            assertThat(delivered)
                    .extracting(claimed -> claimed.alert().id())
                    .doesNotHaveDuplicates()
                    .hasSize(180);
            Map<String, List<Integer>> thresholds = new HashMap<>();
            delivered.forEach(claimed -> thresholds
                    .computeIfAbsent(claimed.alert().subject(), subject -> new ArrayList<>())
                    .add(claimed.alert().threshold()));
            assertThat(thresholds.values()).containsOnly(List.of(80, 95, 100));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    @DisplayName("R33: what a dispatcher claimed that was killed before it marked is delivered by another node")
    void killedBetweenClaimAndMark() {
        exhaust("u");
        JdbcQuotaStore dies = JdbcQuotaStore.create(database.dataSource());
        assertThat(dies.alerts().claim("dead", 10, Duration.ofMillis(1), Commands.soon()))
                .hasSize(3);
        dies.close();

        Map<Integer, Integer> delivered = new HashMap<>();
        while (!alerts.list(Optional.empty(), AlertStore.Which.UNSENT, 0, 1, Commands.soon())
                .isEmpty()) {
            for (Claimed claimed : claim("alive", 10)) {
                delivered.put(claimed.alert().threshold(), claimed.attempts());
                alerts.markSent(List.of(claimed.alert().id()), Commands.soon());
            }
        }

        assertThat(delivered).isEqualTo(Map.of(80, 1, 95, 1, 100, 1));
    }

    @Test
    @DisplayName("R33: parked alerts do not fill a claim, and stay parked over a restart of the host")
    void parkedFillNoClaim() {
        for (int i = 0; i < 5; i++) {
            exhaust("p" + i);
            alerts.fail(claim("d1", 1).get(0).alert().id(), Duration.ZERO, 1, Commands.soon());
        }
        exhaust("u");

        try (JdbcQuotaStore restarted = JdbcQuotaStore.create(database.dataSource())) {
            assertThat(restarted.alerts().list(Optional.empty(), AlertStore.Which.PARKED, 0, 10, Commands.soon()))
                    .hasSize(5);
            assertThat(restarted.alerts().claim("d2", 13, LEASE, Commands.soon()))
                    .hasSize(13)
                    .noneMatch(claimed -> claimed.alert().parked());
        }
    }

    @Test
    @DisplayName("R33: purging passes over alerts that another transaction has in hands")
    void purgePassesOver() throws SQLException {
        exhaust("u");
        alerts.markSent(List.of(1L, 2L, 3L), Commands.soon());
        Instant later = Instant.now().plus(Duration.ofDays(1));
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM quotaguard.quota_alert WHERE id = 2 FOR UPDATE");

            assertThat(alerts.purge(later, 1, Commands.soon())).isEqualTo(1);
            assertThat(alerts.purge(later, 10, Commands.soon())).isEqualTo(1);
            other.rollback();
        }
        assertThat(alerts.purge(later, 10, Commands.soon())).isEqualTo(1);
        assertThat(database.count("quota_alert")).isZero();
    }

    private int deliverAll(String dispatcher, List<Claimed> delivered) {
        int count = 0;
        while (!alerts.list(Optional.empty(), AlertStore.Which.UNSENT, 0, 1, Commands.soon())
                .isEmpty()) {
            for (Claimed claimed : claim(dispatcher, 5)) {
                delivered.add(claimed);
                count += alerts.markSent(List.of(claimed.alert().id()), Commands.soon());
            }
        }
        return count;
    }

    private List<Claimed> claim(String dispatcher, int max) {
        return alerts.claim(dispatcher, max, LEASE, Commands.soon());
    }

    private static List<Long> ids(List<Claimed> claimed) {
        return claimed.stream().map(one -> one.alert().id()).toList();
    }

    /** Fires 80, 95 and 100 %. */
    private void exhaust(String subject) {
        Commands.run(store, Commands.record(Commands.line(subject, "f", 10, 10)));
    }
}
