package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.TcpProxy;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a call answers when the database, the network or the pool fails it. */
class FaultTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    /** The promise is 100 ms; a busy machine may add to it, a hang would add minutes. */
    private static final Duration LATEST = SHORT.plusSeconds(5);

    private final TestDatabase database = TestDatabase.migrated();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    @DisplayName("trap 2, R43: a lost reply is unknown, and the same key then tells that it was counted once")
    void lostReply() {
        try (TcpProxy proxy = proxy();
                HikariDataSource pool = TestDatabase.pool(through(proxy), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            Command command = Commands.record("k", Commands.line("u", "f", 3, 10));
            Command check = Commands.of(Operation.CHECK, "c", Commands.line("u", "f", 3, 10));
            proxy.cutNext(TcpProxy.Moment.BEFORE_REPLY, "ACCEPTED");

            List<Outcome> lost = store.execute(List.of(command, check), Commands.soon());

            assertThat(lost.get(0)).isInstanceOf(Outcome.Unknown.class);
            assertThat(lost.get(1)).isInstanceOf(Outcome.Unavailable.class);
            assertThat(proxy.cuts()).isEqualTo(1);
            assertThat(Commands.run(store, command))
                    .isInstanceOfSatisfying(
                            Outcome.Accepted.class,
                            accepted -> assertThat(accepted.replayed()).isTrue());
            assertThat(database.count("usage_record")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("trap 10, R45: a network that swallows everything ends the call at its deadline, as unknown")
    void blackHole() {
        try (TcpProxy proxy = proxy();
                HikariDataSource pool = TestDatabase.pool(through(proxy), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            Commands.run(store, Commands.record(Commands.line("u", "f", 1, 10)));
            proxy.blackHole(true);

            assertThat(inTime(store, "u")).isInstanceOf(Outcome.Unknown.class);
            proxy.blackHole(false);
        }
    }

    @Test
    @DisplayName("R45: a pool whose connections are all taken ends the call at its deadline, without a stray interrupt")
    void exhaustedPool() throws SQLException {
        try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            try (Connection stranger = pool.getConnection()) {
                assertThat(stranger.isClosed()).isFalse();
                for (int i = 0; i < 5; i++) {
                    assertThat(inTime(store, "u")).isInstanceOfSatisfying(Outcome.Unavailable.class, unavailable -> {
                        assertThat(unavailable.failure()).isInstanceOf(QuotaUnavailableException.class);
                        assertThat(unavailable.retryable())
                                .as("for who has more time")
                                .isTrue();
                    });
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                }
            }
            assertThat(inTime(store, "u")).isInstanceOf(Outcome.Accepted.class);
        }
    }

    @Test
    @DisplayName("R45: a host that interrupts the waiting thread gets an answer at once, and its interrupt back")
    void hostInterrupts() throws Exception {
        try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                Connection stranger = pool.getConnection()) {
            assertThat(stranger.isClosed()).isFalse();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                Outcome outcome = Commands.run(store, Commands.record(Commands.line("u", "f", 1, 10)));
                flag.complete(outcome instanceof Outcome.Unavailable
                        && Thread.currentThread().isInterrupted());
            });
            caller.start();
            caller.interrupt();
            assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("R45: a counter that a stranger has locked ends the call before its deadline, and nothing is recorded")
    void lockedByStranger() throws SQLException {
        try (JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());
                Connection stranger = database.connect();
                Statement statement = stranger.createStatement()) {
            Commands.run(store, Commands.record(Commands.line("u", "f", 1, 10)));
            stranger.setAutoCommit(false);
            statement.execute("SELECT * FROM quotaguard.usage_counter FOR UPDATE");

            assertThat(inTime(store, "u")).isInstanceOf(Outcome.Unavailable.class);
            stranger.rollback();
            assertThat(database.count("usage_record")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("one poison command fails alone; the rest of its list is carried out")
    void poison() {
        try (JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource())) {
            Command good = Commands.record(Commands.line("u", "f", 1, 10));
            Command poison = new Command(
                    Operation.RECORD, "p", List.of(Commands.line("u", "f", 1, 10)), Map.of("nul", "a\u0000b"));
            Command alsoGood = Commands.record(Commands.line("v", "f", 1, 10));

            List<Outcome> outcomes = store.execute(List.of(good, poison, alsoGood), Commands.soon());

            assertThat(outcomes.get(0)).isInstanceOf(Outcome.Accepted.class);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected ->
                                    assertThat(rejected.failure()).hasMessageNotContainingAny("\n", "\r", "\u0000"));
            assertThat(outcomes.get(2)).isInstanceOf(Outcome.Accepted.class);
            assertThat(database.count("usage_record")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("a pool of repeatable-read connections without auto-commit works, and gets them back as they were")
    void unusualPool() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(1);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            Command command = Commands.record("k", Commands.line("u", "f", 3, 10));
            assertThat(Commands.run(store, command)).isInstanceOf(Outcome.Accepted.class);
            assertThat(Commands.run(store, command))
                    .isInstanceOfSatisfying(
                            Outcome.Accepted.class,
                            accepted -> assertThat(accepted.replayed()).isTrue());
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
            }
        }
    }

    @Test
    @DisplayName(
            "trap 9: a commit whose wait for the standby was cancelled is unknown, and the key tells what became of it")
    void cancelledStandbyWait() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(List.of("-c", "synchronous_standby_names=ghost"))) {
            String url = server.jdbcUrl();
            String local = url + "&options=-c%20synchronous_commit=local";
            try (HikariDataSource setup = TestDatabase.pool(local, 2);
                    HikariDataSource pool = TestDatabase.pool(url, 1);
                    JdbcQuotaStore checked = createdOn(setup);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                    Connection admin = setup.getConnection();
                    Statement statement = admin.createStatement()) {
                Command command = Commands.record("k", Commands.line("u", "f", 3, 10));
                CompletableFuture<Outcome> waiting = CompletableFuture.supplyAsync(() -> Commands.run(store, command));
                String cancel =
                        "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
                while (!waiting.isDone()) {
                    statement.execute(cancel);
                }
                assertThat(waiting.get()).isInstanceOf(Outcome.Unknown.class);
                assertThat(Commands.run(checked, command))
                        .isInstanceOfSatisfying(
                                Outcome.Accepted.class,
                                accepted -> assertThat(accepted.replayed()).isTrue());
            }
        }
    }

    private static JdbcQuotaStore createdOn(HikariDataSource setup) {
        QuotaSchema.migrate(setup);
        return JdbcQuotaStore.create(setup);
    }

    private static Outcome inTime(JdbcQuotaStore store, String subject) {
        long start = System.nanoTime();
        Outcome outcome = store.execute(
                        List.of(Commands.record(Commands.line(subject, "f", 1, 10))), Deadline.after(SHORT))
                .get(0);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATEST);
        return outcome;
    }

    private TcpProxy proxy() {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        return TcpProxy.inFrontOf(server.getHost(), server.getPort());
    }

    private String through(TcpProxy proxy) {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        return database.url().replace(server.getHost() + ":" + server.getPort(), "127.0.0.1:" + proxy.port());
    }
}
