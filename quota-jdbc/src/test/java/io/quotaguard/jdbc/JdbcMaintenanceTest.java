package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.Drift;
import io.quotaguard.model.Pruned;
import io.quotaguard.model.Window;
import io.quotaguard.spi.MaintenanceStore.Pruning;
import io.quotaguard.spi.Outcome;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Removing windows in steps, on several nodes at once and beside everything else. */
class JdbcMaintenanceTest extends StoreTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Window ENDED =
            new Window(Catalogs.START.minus(Duration.ofDays(9)), Catalogs.START.minus(Duration.ofDays(8)));
    private static final Window OPEN = new Window(Catalogs.START.minus(DAY), Catalogs.START.plus(DAY));

    private JdbcMaintenance maintenance(int rowsPerStep) {
        Database database = new Database(new Connections(this.database.dataSource()), QuotaSchema.DEFAULT_NAME);
        return new JdbcMaintenance(new MaintenanceDatabase(database), rowsPerStep);
    }

    /** Takes all steps of a pass. */
    private static List<Pruned> pass(JdbcMaintenance maintenance) {
        Pruning pruning = maintenance.windows(DAY);
        List<Pruned> steps = new ArrayList<>();
        do {
            steps.add(pruning.step(Commands.soon()));
        } while (!steps.get(steps.size() - 1).complete());
        return steps;
    }

    private static Pruned total(List<Pruned> steps) {
        return steps.stream().reduce(Pruned.NOTHING, Pruned::plus);
    }

    /** Writes rows of one unit each, recorded in the window's first hour, and their counter. */
    private void window(String subject, Window window, int rows) {
        window(subject, window, rows, window.start().plusSeconds(60));
    }

    private void window(String subject, Window window, int rows, Instant at) {
        database.run(
                ("INSERT INTO quotaguard.usage_record (dedup, subject, feature, window_start, window_end, operation, amount,"
                                + " used_after, held_after, limit_units, source, source_version, key, fingerprint, degraded, recorded_at)"
                                + " SELECT gen_random_uuid(), '%1$s', 'f', '%2$s', '%3$s', 'RECORD', 1, n, 0, -1, 'NONE', 0, 'k' || n, 0,"
                                + " false, '%4$s' FROM generate_series(1, %5$d) n;"
                                + " INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, used)"
                                + " VALUES ('%1$s', 'f', '%2$s', '%3$s', %5$d)")
                        .formatted(
                                subject,
                                Times.text(window.start()),
                                Times.endText(window.end()),
                                Times.text(at),
                                rows));
    }

    private List<Drift> drifts() {
        return store.ledger().verify(Commands.soon());
    }

    @Test
    @DisplayName("R10: no step removes more rows than it may, and each leaves every counter equal to its ledger (R42)")
    void boundedSteps() {
        for (int n = 0; n < 10; n++) {
            window("s" + n, ENDED, 7);
        }
        window("s0", OPEN, 7);
        Pruning pruning = maintenance(20).windows(DAY);

        List<Pruned> steps = new ArrayList<>();
        do {
            steps.add(pruning.step(Commands.soon()));
            assertThat(drifts()).isEmpty();
        } while (!steps.get(steps.size() - 1).complete());

        assertThat(steps).extracting(Pruned::records).allMatch(records -> records <= 20);
        assertThat(total(steps)).isEqualTo(new Pruned(10, 70, 0, 0, 0, false));
        assertThat(database.count("usage_record")).isEqualTo(7);
        assertThat(database.count("usage_counter")).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "R42: a window with more rows than a step goes in several, the newest first, its counter lowered with them")
    void largeWindow() {
        window("small", ENDED, 3);
        window("pool", ENDED, 55);
        window("later", ENDED, 3);
        Pruning pruning = maintenance(10).windows(DAY);

        List<Long> used = new ArrayList<>();
        Pruned all = Pruned.NOTHING;
        Pruned step;
        do {
            step = pruning.step(Commands.soon());
            all = all.plus(step);
            assertThat(step.records()).isLessThanOrEqualTo(10);
            assertThat(drifts()).isEmpty();
            used.add(Long.valueOf(database.ask(
                    "SELECT coalesce(sum(used), 0) FROM quotaguard.usage_counter WHERE subject = 'pool'")));
        } while (!step.complete());

        assertThat(used).startsWith(55L, 45L, 35L, 25L, 15L, 5L, 0L);
        assertThat(all.windows()).isEqualTo(3);
        assertThat(all.records()).isEqualTo(61);
    }

    @Test
    @DisplayName("R37: what is left of a window that is half removed cannot be corrected any more")
    void halfRemoved() {
        database.setClock(Catalogs.START);
        Instant start = Catalogs.START.minus(Duration.ofDays(9));
        window("pool", new Window(start, start.plus(DAY)), 25);

        maintenance(10).windows(DAY).step(Commands.soon());

        assertThat(database.ask("SELECT used || ' ' || (last_reset > (SELECT max(id) FROM quotaguard.usage_record))"
                        + " FROM quotaguard.usage_counter"))
                .isEqualTo("15 true");
    }

    @Test
    @DisplayName("R10: rows that came long after their window, or out of order, are found all the same")
    void lateRows() {
        window("early", OPEN, 2000, Catalogs.START.minus(Duration.ofHours(1)));
        window("late", ENDED, 3);
        window("u", OPEN, 2000, Catalogs.START.minus(Duration.ofHours(1)));
        database.run("UPDATE quotaguard.usage_counter SET used = 5 WHERE subject = 'late';"
                + " INSERT INTO quotaguard.usage_record (dedup, subject, feature, window_start, window_end, operation, amount,"
                + " used_after, held_after, limit_units, source, source_version, key, fingerprint, degraded, recorded_at)"
                + " SELECT gen_random_uuid(), subject, feature, window_start, window_end, operation, 2, 5, 0, -1, 'NONE', 0,"
                + " 'late', 0, true, '" + Times.text(Catalogs.START)
                + "' FROM quotaguard.usage_record WHERE subject = 'late' LIMIT 1");

        assertThat(total(pass(maintenance(1000)))).isEqualTo(new Pruned(1, 4, 0, 0, 0, true));

        assertThat(drifts()).isEmpty();
    }

    @Test
    @DisplayName("R42: a window that differs from its ledger stays, so that verify still reports it; the others go")
    void driftStays() {
        window("a", ENDED, 3);
        window("b", ENDED, 3);
        database.corrupt("a", "f", 1);

        assertThat(total(pass(maintenance(1000)))).isEqualTo(new Pruned(1, 3, 0, 0, 0, true));

        assertThat(drifts()).containsExactly(new Drift("a", "f", ENDED, 4, 3));
        assertThat(store.ledger().repair(Catalogs.TEST, Commands.soon())).hasSize(1);
        assertThat(total(pass(maintenance(1000)))).isEqualTo(new Pruned(1, 3, 0, 0, 0, true));
    }

    @Test
    @DisplayName("R10: several nodes at once remove everything once, and none waits for another")
    void severalNodes() throws Exception {
        for (int n = 0; n < 60; n++) {
            window("s" + n, ENDED, 5);
        }
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Callable<Pruned> node = () -> total(pass(maintenance(12)));
            Pruned all = Pruned.NOTHING;
            for (Future<Pruned> one : pool.invokeAll(List.of(node, node, node, node))) {
                all = all.plus(one.get());
            }
            all = all.plus(total(pass(maintenance(12))));

            assertThat(all.windows()).isEqualTo(60);
            assertThat(all.records()).isEqualTo(300);
            assertThat(database.count("usage_record")).isZero();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    @DisplayName(
            "R45: no check waits for it: while its transaction is open the same subjects are charged, and keys replayed")
    void checksGoOn() throws Exception {
        window("u", ENDED, 5);
        Commands.accept(store, Commands.record("k", Commands.line("u", "f", 1, 10)));
        try (Connection maintenance = database.connect();
                Statement statement = maintenance.createStatement()) {
            maintenance.setAutoCommit(false);
            assertThat(statement.execute("SELECT * FROM quotaguard.quota_prune(0, '-infinity', 0, 1000)"))
                    .isTrue();

            Outcome replayed = Commands.run(store, Commands.record("k", Commands.line("u", "f", 1, 10)));
            Outcome fresh = Commands.run(store, Commands.record("k2", Commands.line("u", "f", 1, 10)));
            assertThat(replayed)
                    .isInstanceOfSatisfying(
                            Outcome.Accepted.class,
                            one -> assertThat(one.replayed()).isTrue());
            assertThat(fresh).isInstanceOf(Outcome.Accepted.class);
            assertThat(database.ask("SELECT count(*) FROM pg_locks WHERE NOT granted"))
                    .isEqualTo("0");
            maintenance.commit();
        }
        assertThat(drifts()).isEmpty();
        assertThat(database.count("usage_record")).isEqualTo(2);
    }

    @Test
    @DisplayName("R10: a window that another transaction has in hands is passed over, not waited for")
    void inOtherHands() throws Exception {
        window("a", ENDED, 3);
        window("b", ENDED, 3);
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM quotaguard.usage_counter WHERE subject = 'a' FOR UPDATE");

            assertThat(total(pass(maintenance(1000)))).isEqualTo(new Pruned(1, 3, 0, 0, 0, true));
            other.rollback();
        }
        assertThat(total(pass(maintenance(1000)))).isEqualTo(new Pruned(1, 3, 0, 0, 0, true));
    }

    @Test
    @DisplayName("Pruning and verifying read no table from end to end, whatever the statistics say")
    void plansAreStable() {
        try (TestDatabase fresh = TestDatabase.migrated()) {
            fresh.run(
                    "ALTER TABLE quotaguard.usage_record SET (autovacuum_enabled = off);"
                            + " ALTER TABLE quotaguard.usage_counter SET (autovacuum_enabled = off);"
                            + " ANALYZE quotaguard.usage_record; ANALYZE quotaguard.usage_counter;"
                            + " INSERT INTO quotaguard.usage_record (dedup, subject, feature, window_start, window_end, operation, amount,"
                            + " used_after, held_after, limit_units, source, source_version, key, fingerprint, degraded, recorded_at)"
                            + " SELECT gen_random_uuid(), 's' || n % 500, 'f', d, d + interval '1 day', 'RECORD', 1, 1, 0, -1, 'NONE', 0,"
                            + " 'k' || n, 0, false, d + interval '1 hour'"
                            + " FROM generate_series(1, 20000) n,"
                            + " LATERAL (SELECT timestamptz '2020-01-01Z' + n / 2000 * interval '1 day' AS d) day;"
                            + " INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, used)"
                            + " SELECT subject, feature, window_start, window_end, count(*) FROM quotaguard.usage_record GROUP BY 1, 2, 3, 4");
            String scans = "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE schemaname = 'quotaguard'"
                    + " AND relname <> 'schema_info'";
            fresh.awaitAnswer("SELECT n_tup_ins > 1000 FROM pg_stat_user_tables WHERE relname = 'usage_counter'", "t");
            String before = fresh.ask(scans);
            try (HikariDataSource one = TestDatabase.pool(fresh.url(), 1);
                    JdbcQuotaStore its = JdbcQuotaStore.create(one)) {
                CounterCheck inSmallPages =
                        new CounterCheck(new Database(new Connections(one), QuotaSchema.DEFAULT_NAME), 100);
                assertThat(inSmallPages
                                .run(null, drift -> true, Commands.soon())
                                .drifts())
                        .isZero();
                Pruning pruning = its.maintenance().windows(DAY);
                Pruned all = Pruned.NOTHING;
                Pruned step;
                do {
                    step = pruning.step(Commands.soon());
                    all = all.plus(step);
                } while (!step.complete());
                assertThat(all.records()).isEqualTo(20_000);
            }
            fresh.awaitAnswer("SELECT n_tup_del = 20000 FROM pg_stat_user_tables WHERE relname = 'usage_record'", "t");
            assertThat(fresh.ask(scans)).isEqualTo(before);
            assertThat(fresh.ask("SELECT sum(idx_tup_read) < 10 * (SELECT n_tup_ins FROM pg_stat_user_tables"
                            + " WHERE relname = 'usage_counter')"
                            + " FROM pg_stat_user_indexes WHERE relname = 'usage_counter'"))
                    .as(
                            "however many pages there are, each counter is read a few times: %s",
                            fresh.ask("SELECT string_agg(indexrelname || ' ' || idx_tup_read, ', ')"
                                    + " FROM pg_stat_user_indexes WHERE idx_tup_read > 0"))
                    .isEqualTo("t");
        }
    }
}
