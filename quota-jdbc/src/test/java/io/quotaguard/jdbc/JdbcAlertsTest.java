package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Claimed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private int deliverAll(String dispatcher, List<Claimed> delivered) {
        int count = 0;
        while (!alerts.list(java.util.Optional.empty(), true, 0, 1, Commands.soon())
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
