package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.Outcome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The connection of a joined call")
class JoinedStateTest extends HostTest {
    /** All that a session or a transaction carries. The language brings settings of its own when it is first used. */
    private static final String STATE = """
            SELECT name || ' = ' || setting FROM pg_settings WHERE name NOT LIKE 'plpgsql.%'
            UNION ALL SELECT 'transaction ' || txid_current()
            UNION ALL SELECT 'prepared ' || count(*) FROM pg_prepared_statements WHERE from_sql
            UNION ALL SELECT 'cursors ' || count(*) FROM pg_cursors WHERE is_holdable
            UNION ALL SELECT 'advisory ' || count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
            """;

    @Test
    @DisplayName("R45, G4: is afterwards as it was: settings, time-outs, savepoints and the transaction itself")
    void nothingChanges() throws SQLException {
        try (Connection connection = writing("bread")) {
            run(connection, "SET lock_timeout = '77s'; SET LOCAL statement_timeout = '88s'; SET search_path = public");
            connection.setNetworkTimeout(Runnable::run, 99_000);
            Savepoint savepoint = connection.setSavepoint("mine");
            List<String> before = state(connection);

            quota.in(connection).checkAndRecord(articles("ann", 8, "bread"));
            quota.in(connection).checkAndRecord(articles("ann", 8, "too many"));
            quota.in(connection).checkAndRecord(articles("ann", 8, "bread"));
            quota.in(connection).check(articles("ann", 1, "look"));

            assertThat(state(connection)).containsExactlyInAnyOrderElementsOf(before);
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.getNetworkTimeout()).isEqualTo(99_000);
            connection.rollback(savepoint);
            connection.commit();
            assertThat(seen()).isEqualTo("1 0 0 0");
        }
    }

    @Test
    @DisplayName("takes one round trip for a call, and one more for a subject that is not cached, in portions or not")
    void roundTrips() throws SQLException {
        String counting = "&socketFactory=" + CountingSocketFactory.class.getName() + "&defaultRowFetchSize=1";
        try (HikariDataSource counted = TestDatabase.pool(database.url() + counting, 1);
                Connection connection = counted.getConnection()) {
            connection.setAutoCommit(false);
            JoinedTransaction joined = store.join(connection);
            Command several = Commands.record("k", Commands.line("u", "f", 9, 10), Commands.line("u", "g", 1, 10));
            write(connection, "bread");
            long before = CountingSocketFactory.roundTrips();

            assertThat(joined.execute(several, Commands.soon()))
                    .isInstanceOfSatisfying(
                            Outcome.Accepted.class,
                            accepted -> assertThat(accepted.alerts()).hasSize(1));
            assertThat(CountingSocketFactory.roundTrips() - before).isEqualTo(1);
            assertThat(joined.load("u", Commands.soon()).subject()).isEqualTo("u");
            assertThat(CountingSocketFactory.roundTrips() - before).isEqualTo(2);
            connection.rollback();
        }
    }

    @Test
    @DisplayName("R10: must have a transaction: with auto-commit on, nothing is asked or recorded")
    void autoCommit() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            assertThatThrownBy(() -> quota.in(connection).checkAndRecord("ann", "articles"))
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContainingAll("auto-commit", "R10");
            assertThat(connection.getAutoCommit()).isTrue();
            Command warm = Commands.record("k", Commands.line("u", "f", 1, 10));
            assertThat(store.join(connection).execute(warm, Commands.soon())).isInstanceOf(Outcome.Rejected.class);
        }
        assertThat(seen()).isEqualTo("0 0 0 0");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
    @DisplayName("R10: must be read committed: another isolation is refused, and the host's transaction goes on")
    void isolation(int level) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setTransactionIsolation(level);
            connection.setAutoCommit(false);
            write(connection, "bread");
            for (String subject : new String[] {"cold", "ann"}) {
                assertThatThrownBy(() -> quota.in(connection).checkAndRecord(subject, "articles"))
                        .isInstanceOf(InvalidQuotaArgumentException.class)
                        .hasMessageContaining("read committed")
                        .hasMessageContaining(level == Connection.TRANSACTION_SERIALIZABLE ? "serial" : "repeatable");
            }
            Command warm = Commands.record("k", Commands.line("u", "f", 1, 10));
            assertThat(store.join(connection).execute(warm, Commands.soon())).isInstanceOf(Outcome.Rejected.class);
            connection.commit();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        assertThat(seen()).isEqualTo("1 0 0 0");
    }

    @Test
    @DisplayName("R10: must be a connection or a handle on one, and open")
    void notAConnection() throws SQLException {
        assertThatThrownBy(() -> quota.in("jdbc:postgresql://localhost/db"))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll("java.sql.Connection", "java.lang.String");
        Connection closed = pool.getConnection();
        closed.close();
        assertThatThrownBy(() -> quota.in(closed).checkAndRecord("ann", "articles"))
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("closed");
    }

    private static List<String> state(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(STATE)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
