package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testbed.TcpProxy;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the host's transaction fails")
class JoinedFaultTest extends HostTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    @DisplayName("R10: a host that dies between its row and its commit leaves neither; the repetition is counted once")
    void crash() throws SQLException {
        for (int attempt = 1; attempt <= 3; attempt++) {
            try (Connection connection = writing("bread")) {
                quota.in(connection).checkAndRecord(articles("ann", 4, "bread"));
                database.run("SELECT pg_terminate_backend(" + pid(connection) + ")");
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
            }
            assertThat(seen()).isEqualTo("0 0 0 0");
        }
        try (Connection connection = writing("bread")) {
            assertThat(quota.in(connection)
                            .checkAndRecord(articles("ann", 4, "bread"))
                            .replayed())
                    .isFalse();
            connection.commit();
        }
        assertThat(seen()).isEqualTo("1 1 4 0");
    }

    @Test
    @DisplayName("R43: a connection that is lost under the call leaves nothing unknown, and nothing is tried elsewhere")
    void lostConnection() throws SQLException {
        try (Connection connection = writing("bread")) {
            database.run("SELECT pg_terminate_backend(" + pid(connection) + ")");
            assertFails("ann", connection);
            assertFails("ann", connection);
        }
        assertThat(seen()).isEqualTo("0 0 0 0");
        assertThat(quota.statistics().unavailable()).isEqualTo(2);
        assertThat(quota.statistics().unknown()).isZero();
    }

    @Test
    @DisplayName(
            "R45: a locked counter ends the call in time; from a savepoint the transaction goes on, with its settings")
    void locked() throws SQLException {
        other.checkAndRecord("ann", "articles");
        try (QuotaGuard hasty = guard(store, SHORT);
                Connection stranger = beginBeside();
                Connection connection = writing("bread")) {
            run(connection, "SET lock_timeout = '77s'");
            run(stranger, "SELECT * FROM quotaguard.usage_counter FOR UPDATE");
            Savepoint before = connection.setSavepoint();

            assertThatThrownBy(() -> hasty.in(connection).checkAndRecord(articles("ann", 2, "bread")))
                    .isInstanceOfSatisfying(
                            QuotaUnavailableException.class,
                            failure -> assertThat(failure.key()).isEqualTo("bread"))
                    .hasMessageContainingAll("roll back", "nothing is recorded", "bread");
            assertThatThrownBy(() -> write(connection, "cake")).isInstanceOf(SQLException.class);
            connection.rollback(before);
            stranger.rollback();

            assertThat(one(connection, "SHOW lock_timeout")).isEqualTo("77s");
            assertThat(hasty.in(connection)
                            .checkAndRecord(articles("ann", 2, "bread"))
                            .allowed())
                    .isTrue();
            connection.commit();
        }
        assertThat(seen()).isEqualTo("1 2 3 0");
    }

    @Test
    @DisplayName("R45: a call that comes too late asks nothing, and the transaction goes on")
    void tooLate() throws SQLException {
        try (QuotaGuard late = guard(store, Duration.ofNanos(1));
                Connection connection = writing("bread")) {
            assertFails("ann", late, connection);
            connection.commit();
        }
        assertThat(seen()).isEqualTo("1 0 0 0");
    }

    @Test
    @DisplayName("R43: a transaction that has failed already is said to, on the first read as well")
    void failedBefore() throws SQLException {
        quota.check("ann", "articles");
        try (Connection connection = writing("bread")) {
            assertThatThrownBy(() -> write(connection, "bread")).isInstanceOf(SQLException.class);
            assertFails("ann", connection);
            assertFails("cold", connection);
            connection.rollback();
            assertThat(quota.in(connection).checkAndRecord("ann", "articles").allowed())
                    .isTrue();
            connection.commit();
        }
        assertThat(seen()).isEqualTo("0 1 1 0");
    }

    @Test
    @DisplayName("a failure is told as it was: nothing is tried again in a transaction that has failed")
    void onceOnly() throws SQLException {
        try (Connection stranger = beginBeside();
                Connection connection = writing("bread")) {
            run(stranger, "LOCK TABLE quotaguard.subscriber");
            run(connection, "SET LOCAL statement_timeout = '200ms'");
            assertThatThrownBy(() -> quota.in(connection).checkAndRecord("cold", "articles"))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("statement timeout");
            connection.rollback();
        }
        assertThat(quota.statistics().unavailable()).isEqualTo(1);
    }

    @Test
    @DisplayName("R43: a feature that fails open does not here: it would count although the host rolls back")
    void neverDegraded() throws SQLException {
        other.plans()
                .create(
                        Plan.named("open")
                                .feature(PlanFeature.of("articles", Limit.of(10), ResetPeriod.NEVER)
                                        .onFailure(FailurePolicy.OPEN))
                                .build(),
                        BY);
        other.subscriptions().subscribe("ann", "open", BY);
        quota.check("ann", "articles");
        try (Connection connection = writing("bread")) {
            database.run("SELECT pg_terminate_backend(" + pid(connection) + ")");
            assertFails("ann", connection);
        }
        assertThat(quota.statistics().degraded()).isZero();
        assertThat(quota.statistics().journaled()).isZero();
        assertThat(seen()).isEqualTo("0 0 0 0");
    }

    @Test
    @DisplayName(
            "trap 10, R45: a network that swallows everything ends the call at its deadline, and nothing is recorded")
    void blackHole() throws SQLException {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        try (TcpProxy proxy = TcpProxy.inFrontOf(server.getHost(), server.getPort());
                HikariDataSource behind = TestDatabase.pool(
                        database.url().replace(server.getHost() + ":" + server.getPort(), "127.0.0.1:" + proxy.port()),
                        1);
                QuotaGuard hasty = guard(store, SHORT);
                Connection connection = behind.getConnection()) {
            connection.setAutoCommit(false);
            write(connection, "bread");
            proxy.blackHole(true);

            assertFails("ann", hasty, connection);
            proxy.cutAll();
        }
        assertThat(seen()).isEqualTo("0 0 0 0");
    }

    @Test
    @DisplayName("R45: a host that waits less long for the network than the call may still does")
    void hostsOwnTimeout() throws SQLException {
        try (Connection stranger = beginBeside();
                Connection connection = writing("bread")) {
            run(stranger, "LOCK TABLE quotaguard.usage_counter");
            connection.setNetworkTimeout(Runnable::run, (int) SHORT.toMillis());
            assertFails("ann", connection);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "a request that PostgreSQL cannot take is the caller's fault, and says that the transaction has failed")
    void poison() throws SQLException {
        try (Connection connection = writing("bread")) {
            Command poison = new Command(
                    Operation.RECORD, "p", List.of(Commands.line("u", "f", 1, 10)), Map.of("nul", "a\u0000b"));
            assertThat(store.join(connection).execute(poison, Commands.soon()))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.failure())
                                    .isInstanceOf(InvalidQuotaArgumentException.class)
                                    .hasMessageContaining("roll back"));
            connection.rollback();
        }
    }

    private void assertFails(String subject, Connection connection) {
        assertFails(subject, quota, connection);
    }

    private static void assertFails(String subject, QuotaGuard guard, Connection connection) {
        assertThatThrownBy(() -> guard.in(connection).checkAndRecord(articles(subject, 1, "k")))
                .isInstanceOf(QuotaUnavailableException.class);
    }

    private static String pid(Connection connection) throws SQLException {
        return one(connection, "SELECT pg_backend_pid()");
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
