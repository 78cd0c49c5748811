package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.Coalescing;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testbed.TcpProxy.Moment;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What the guard makes of connections that are not to be had, or break: a decision while time is left, counted once. */
class LostConnectionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int CALLERS = 12;

    private final TestDatabase database = TestDatabase.migrated();

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08001", "53300", "57P03", "28P01", "42501"})
    @DisplayName("G1: a call that gets no connection has recorded nothing, whatever the reason, and is tried again")
    void noConnection(String state) {
        Failing source = new Failing(state);
        source.setUrl(database.url());
        try (JdbcQuotaStore store = JdbcQuotaStore.create(source);
                QuotaGuard quota = guard(store)) {
            source.failures.set(1);
            assertThat(Commands.run(store, Commands.record(Commands.line("u", "f", 1, 10))))
                    .isInstanceOfSatisfying(
                            Outcome.Unavailable.class,
                            unavailable -> assertThat(unavailable.retryable()).isTrue());
            assertThat(database.count("usage_record")).isZero();

            source.failures.set(2);
            assertThat(quota.checkAndRecord("u", "articles").allowed()).isTrue();
            assertThat(source.failures).hasNonPositiveValue();

            source.failures.set(1_000);
            assertThatThrownBy(() -> quota.checkAndRecord("u", "articles"))
                    .isInstanceOf(QuotaUnavailableException.class);
            assertThat(database.count("usage_record")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    @DisplayName("R43: a connection that is cut in the middle of a call ends in a decision, counted once, told as new")
    void cut(Moment moment) {
        try (TcpProxy proxy = proxy();
                HikariDataSource pool = TestDatabase.pool(through(proxy), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                QuotaGuard quota = guard(store)) {
            quota.check("u", "articles");
            proxy.cutNext(moment, moment == Moment.BEFORE_REPLY ? "ACCEPTED" : "quota_use");

            Decision decision = quota.checkAndRecord(Usage.of("u", "articles").amount(3));

            assertThat(proxy.cuts()).isEqualTo(1);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.replayed()).isFalse();
            assertCounted(1, 3);
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    @DisplayName("R43: a cut in the middle of a shared round trip ends in a decision for each caller, counted once")
    void cutShared(Moment moment) {
        try (TcpProxy proxy = proxy();
                HikariDataSource pool = TestDatabase.pool(through(proxy), 4);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                QuotaGuard quota = guard(store)) {
            for (int i = 0; i < CALLERS; i++) {
                quota.check("u" + i, "articles");
            }
            proxy.cutNext(moment, moment == Moment.BEFORE_REPLY ? "ACCEPTED" : "quota_use");

            List<CompletableFuture<Decision>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String subject = "u" + i;
                calls.add(HostTest.inBackground(() -> quota.checkAndRecord(subject, "articles")));
            }

            calls.forEach(call -> assertThat(call.join().allowed()).isTrue());
            assertThat(proxy.cuts()).isEqualTo(1);
            assertCounted(CALLERS, CALLERS);
        }
    }

    @Test
    @DisplayName("G1: a call whose session an administrator ends goes on in another one")
    void terminated() throws Exception {
        try (JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());
                QuotaGuard quota = guard(store);
                Connection stranger = database.connect();
                Statement statement = stranger.createStatement()) {
            quota.checkAndRecord("u", "articles");
            stranger.setAutoCommit(false);
            statement.execute("SELECT * FROM quotaguard.usage_counter FOR UPDATE");
            CompletableFuture<Decision> call = HostTest.inBackground(() -> quota.checkAndRecord("u", "articles"));
            database.awaitLockWaits(1);
            database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'");
            stranger.rollback();

            assertThat(call.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).allowed())
                    .isTrue();
            assertCounted(2, 2);
        }
    }

    /** The real data source, but that it fails so many times first. */
    private static final class Failing extends PGSimpleDataSource {
        private static final long serialVersionUID = 1;

        private final String state;
        private final AtomicInteger failures = new AtomicInteger();

        Failing(String state) {
            this.state = state;
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (failures.getAndDecrement() > 0) {
                throw new SQLException("injected", state);
            }
            return super.getConnection();
        }
    }

    private QuotaGuard guard(JdbcQuotaStore store) {
        QuotaGuard quota = QuotaGuard.builder(store)
                .timeout(TIMEOUT)
                .catalogPollInterval(Duration.ofHours(12))
                .alertPollInterval(Duration.ofHours(12))
                .coalescing(Coalescing.DEFAULT.withDirectCallers(1).withFlushers(1))
                .build();
        Change by = Change.by("admin");
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("articles", 100, ResetPeriod.NEVER)
                                .build(),
                        by);
        quota.plans().setDefault("free", by);
        return quota;
    }

    private void assertCounted(long rows, long units) {
        assertThat(database.count("usage_record")).isEqualTo(rows);
        assertThat(database.ask("SELECT sum(used) FROM quotaguard.usage_counter"))
                .isEqualTo(Long.toString(units));
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
