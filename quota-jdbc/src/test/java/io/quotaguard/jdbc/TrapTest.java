package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The traps that were measured on PostgreSQL; each test fails in a store that has walked into its trap. */
class TrapTest {
    private static final Instant FAR = Instant.parse("9000-01-01T00:00:00Z");

    private final TestDatabase database = TestDatabase.migrated();
    private final JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    @Test
    @DisplayName("trap 3: a limit lowered while the call waits for the counter's lock is the limit that decides")
    void staleLimitAfterWaiting() throws Exception {
        save(Plan.named("free").limit("f", 100, ResetPeriod.NEVER).build(), 0);
        assertThat(run(Commands.record(planLine(60, 100, 1)))).isInstanceOf(Outcome.Accepted.class);

        try (Connection stranger = begin("SELECT 1 FROM quotaguard.usage_counter FOR UPDATE")) {
            CompletableFuture<Outcome> waiting =
                    CompletableFuture.supplyAsync(() -> run(Commands.record(planLine(20, 100, 1))));
            database.awaitLockWaits(1);
            save(Plan.named("free").limit("f", 50, ResetPeriod.NEVER).build(), 1);
            stranger.commit();

            assertThat(waiting.get(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Outcome.Stale.class,
                            stale -> assertThat(stale.cause()).isEqualTo(Outcome.Stale.Cause.CATALOG));
        }
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter")).isEqualTo("60");
    }

    @Test
    @DisplayName("trap 13: a retry that waits for the first attempt's lock sees what it committed, and is a replay")
    void retryBehindTheCounterLock() throws Exception {
        run(Commands.record("before", Commands.line("u", "f", 1, 10)));

        String first = recordBySql("u", "f", "k", Window.PERMANENT) + "; UPDATE quotaguard.usage_counter SET used = 4";
        assertReplayed(first, Commands.record("k", Commands.line("u", "f", 3, 10)), Window.PERMANENT);

        assertNoRowWasTriedInVain(2);
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter")).isEqualTo("4");
    }

    @Test
    @DisplayName("trap 4: so is a retry that waits for the first attempt to create the counter")
    void retryBehindTheCounterInsert() throws Exception {
        String first = "INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, used)"
                + " VALUES ('u', 'f', 'epoch', 'infinity', 3); " + recordBySql("u", "f", "k", Window.PERMANENT);
        assertReplayed(first, Commands.record("k", Commands.line("u", "f", 3, 10)), Window.PERMANENT);

        assertNoRowWasTriedInVain(1);
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter")).isEqualTo("3");
    }

    @Test
    @DisplayName(
            "R7: so is a retry in the next window, which waits for the key alone; the answer names the first window")
    void retryInTheNextWindow() throws Exception {
        Window past = new Window(Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z"));
        Window present = new Window(Instant.parse("2020-01-01T00:00:00Z"), FAR);
        Line line = new Line("u", "f", 3, Commands.terms(10, present));

        assertReplayed(recordBySql("u", "f", "k", past), Commands.record("k", line), past);

        assertThat(database.count("usage_counter")).isZero();
    }

    @Test
    @DisplayName("trap 5: of K parallel uses exactly L pass, also when the counter is not there yet")
    void exactlyTheLimit() throws Exception {
        List<Callable<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            calls.add(() -> run(Commands.record(Commands.line("u", "f", 1, 100))));
        }
        List<Outcome> outcomes = inParallel(16, calls);

        assertThat(outcomes).filteredOn(Outcome.Accepted.class::isInstance).hasSize(100);
        assertThat(outcomes).filteredOn(Outcome.Refused.class::isInstance).hasSize(60);
        assertThat(database.count("usage_record")).isEqualTo(100);
    }

    @Test
    @DisplayName("trap 12: no sum overflows, neither beside a limit nor without one (R6)")
    void noOverflow() {
        long almost = Units.MAX - 1;
        assertThat(run(Commands.record(Commands.line("u", "f", almost, Units.MAX))))
                .isInstanceOf(Outcome.Accepted.class);

        assertThat(run(Commands.record(Commands.line("u", "f", Units.MAX, Units.MAX))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(run(Commands.record(Commands.line("u", "f", Units.MAX, -1))))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.failure()).isInstanceOf(InvalidQuotaArgumentException.class));
        assertThat(run(Commands.record(Commands.line("u", "f", 1, -1))))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted ->
                                assertThat(accepted.verdicts().get(0).counter()).isEqualTo(new Counter(Units.MAX, 0)));
        assertThat(database.count("usage_record")).isEqualTo(2);
    }

    @Test
    @DisplayName("trap 14: calls that name the same counters in opposite orders never deadlock")
    void noDeadlock() throws Exception {
        List<Callable<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Command one = Commands.record(Commands.line("u1", "f", 1, -1));
            Command other = Commands.record(Commands.line("u2", "f", 1, -1));
            List<Command> list = i % 2 == 0 ? List.of(one, other) : List.of(other, one);
            calls.add(() -> store.execute(list, Commands.soon()).get(0));
        }
        assertThat(inParallel(8, calls)).hasOnlyElementsOfType(Outcome.Accepted.class);

        assertThat(database.ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                .isEqualTo("0");
    }

    @Test
    @DisplayName("R30: a first use under way while the limit is lowered fires the alert that the new limit calls for")
    void realignWaitsForFirstUse() throws Exception {
        String first = "INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, used)"
                + " VALUES ('u', 'f', 'epoch', 'infinity', 3); " + recordBySql("u", "f", "k", Window.PERMANENT);
        try (Connection winner = begin(first)) {
            CatalogCommand lower = new CatalogCommand.SaveOverride(
                    "u",
                    "f",
                    io.quotaguard.model.FeatureOverride.ofLimit("u", "f", 3),
                    0,
                    List.of(new Line("u", "f", 0, Commands.terms(3))),
                    Change.by("test"));
            CompletableFuture<Object> waiting =
                    CompletableFuture.supplyAsync(() -> store.catalog().apply(lower, Commands.soon()));
            database.awaitLockWaits(1);
            winner.commit();
            waiting.get(10, TimeUnit.SECONDS);
        }
        assertThat(database.ask("SELECT array_agg(threshold ORDER BY id) FROM quotaguard.quota_alert"))
                .isEqualTo("{80,95,100}");
    }

    private void assertReplayed(String firstAttempt, Command retry, Window original) throws Exception {
        try (Connection winner = begin(firstAttempt)) {
            CompletableFuture<Outcome> waiting = CompletableFuture.supplyAsync(() -> run(retry));
            database.awaitLockWaits(1);
            winner.commit();
            assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOfSatisfying(Outcome.Accepted.class, accepted -> {
                assertThat(accepted.replayed()).isTrue();
                assertThat(accepted.verdicts().get(0).window()).isEqualTo(original);
                assertThat(accepted.verdicts().get(0).counter()).isEqualTo(new Counter(3, 0));
            });
        }
    }

    /** The unique key would undo a retry that overlooked the first attempt, but that row's number would be gone. */
    private void assertNoRowWasTriedInVain(long rows) {
        assertThat(database.count("usage_record")).isEqualTo(rows);
        assertThat(database.ask("SELECT last_value FROM quotaguard.usage_record_id_seq"))
                .isEqualTo(Long.toString(rows));
    }

    /** The ledger row that a use of three units leaves, and nothing else. */
    private static String recordBySql(String subject, String feature, String key, Window window) {
        return "INSERT INTO quotaguard.usage_record (dedup, subject, feature, window_start, window_end, operation, amount,"
                + " used_after, held_after, limit_units, source, source_version, key, fingerprint, degraded, recorded_at)"
                + " SELECT quotaguard.quota_dedup(s, f, k), s, f, '" + Times.text(window.start()) + "', '"
                + Times.endText(window.end()) + "', 'RECORD', 3, 3, 0, 10, 'PLAN', 1, k, 3 * 16 + 1, false, now()"
                + " FROM (VALUES ('" + subject + "', '" + feature + "', '" + key + "')) v (s, f, k)";
    }

    private Connection begin(String sql) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private void save(Plan plan, long version) {
        store.catalog().apply(new CatalogCommand.SavePlan(plan, version, Change.by("test")), Commands.soon());
    }

    private static Line planLine(long amount, long limit, long version) {
        return new Line(
                "u",
                "f",
                amount,
                new Terms(
                        Standing.GRANTED,
                        Limit.of(limit),
                        Limit.of(limit),
                        Thresholds.NONE,
                        new LimitSource(LimitSource.Kind.PLAN, "free", version),
                        Window.PERMANENT,
                        null,
                        null,
                        new CatalogVersion(0, "free", version, CatalogVersion.NOT_USED)));
    }

    private Outcome run(Command command) {
        return Commands.run(store, command);
    }

    private static <T> List<T> inParallel(int threads, List<Callable<T>> calls) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : pool.invokeAll(calls, Duration.ofMinutes(2).toSeconds(), TimeUnit.SECONDS)) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
