package io.quotaguard.jdbc;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A connection in the host's hands, with its transaction. Nothing about it is changed: the network time-out is put back,
 * and the functions of the schema put back the settings that they need. Used by one thread at a time.
 */
final class JoinedConnection implements JoinedTransaction {
    private final Connection connection;
    private final JoinedSql sql;
    private final LearnedClock clock;

    private JoinedConnection(Connection connection, JoinedSql sql, LearnedClock clock) {
        this.connection = connection;
        this.sql = sql;
        this.clock = clock;
    }

    /**
     * Returns the host's connection, or that of its JDBI handle.
     *
     * @throws InvalidQuotaArgumentException when it is neither, or leads to no PostgreSQL
     */
    static JoinedConnection of(Object transaction, JoinedSql sql, LearnedClock clock) {
        Object given = transaction instanceof Handle handle ? handle.getConnection() : transaction;
        if (given instanceof Connection connection && leadsToPostgres(connection)) {
            return new JoinedConnection(connection, sql, clock);
        }
        throw new InvalidQuotaArgumentException(
                "a transaction to join must be a java.sql.Connection to PostgreSQL or a JDBI Handle on one (R10)",
                given.getClass().getName());
    }

    private static boolean leadsToPostgres(Connection connection) {
        try {
            return connection.isWrapperFor(PGConnection.class);
        } catch (SQLException e) {
            // It is closed or broken, which the call is to find out: that is no mistake of the caller's.
            return true;
        }
    }

    @Override
    public Outcome execute(Command command, Deadline deadline) {
        try {
            requireTransaction();
            Outcome outcome = within(deadline, () -> ask(command, deadline));
            return outcome == null ? new Outcome.Rejected(wrongIsolation()) : outcome;
        } catch (InvalidQuotaArgumentException e) {
            return new Outcome.Rejected(e);
        } catch (SQLException e) {
            return Faults.kind(e) == Faults.Kind.REQUEST
                    ? new Outcome.Rejected(new InvalidQuotaArgumentException(
                            "the request holds what PostgreSQL cannot take; roll back, as its transaction has failed",
                            Faults.text(e),
                            e))
                    : new Outcome.Unavailable(failed("could not decide", command.key(), e), false);
        }
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        try {
            requireTransaction();
            String json = within(deadline, () -> read(subject));
            if (json == null) {
                throw wrongIsolation();
            }
            return CatalogJson.subjectCatalog(Json.read(json));
        } catch (SQLException e) {
            throw failed("could not load the subject's catalog", null, e);
        }
    }

    /** What is asked of the database; null when its transaction is not read committed. */
    private interface Question<T> {
        @Nullable
        T ask() throws SQLException;
    }

    /** Waits for no answer beyond the deadline, nor longer than the host itself would. */
    private <T> @Nullable T within(Deadline deadline, Question<T> question) throws SQLException {
        int hostsMillis = connection.getNetworkTimeout();
        int millis = deadline.remainingMillis();
        connection.setNetworkTimeout(Runnable::run, hostsMillis == 0 ? millis : Math.min(millis, hostsMillis));
        try {
            return question.ask();
        } finally {
            // A connection that broke has no time-out to put back, and nobody is to hear of that instead.
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, hostsMillis);
            }
        }
    }

    private @Nullable Outcome ask(Command command, Deadline deadline) throws SQLException {
        Round round = Round.of(List.of(command)).get(0);
        try (PreparedStatement statement = connection.prepareStatement(sql.call(round.function()))) {
            // Whatever the host reads in portions: this answer comes in one.
            statement.setFetchSize(0);
            Arguments arguments = new Arguments(connection, statement);
            round.bind(arguments, BatchExecutor.lockTimeoutMillis(deadline));
            round.function().requireAll(arguments.count());
            Instant sent = clock.sending();
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.isBeforeFirst()) {
                    return null;
                }
                Round.Reply reply = round.read(rows);
                clock.observe(sent, reply.storeTime());
                return reply.outcomes().get(0);
            }
        }
    }

    private @Nullable String read(String subject) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.load())) {
            statement.setString(1, subject);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    private void requireTransaction() throws SQLException {
        if (connection.getAutoCommit()) {
            throw new InvalidQuotaArgumentException(
                    "auto-commit of the joined connection must be off, or there is no transaction to join (R10)", "on");
        }
    }

    private InvalidQuotaArgumentException wrongIsolation() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SHOW transaction_isolation");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new InvalidQuotaArgumentException(
                    "the joined transaction must be read committed, or it does not see what others use (R10)",
                    row.getString(1));
        }
    }

    private static QuotaException failed(String what, @Nullable String key, SQLException fault) {
        String use = key == null ? "" : " with key " + InvalidQuotaArgumentException.escape(key);
        return new QuotaUnavailableException(
                "store " + JdbcQuotaStore.NAME + " " + what
                        + " inside the host's transaction, which has failed with it:"
                        + " nothing is recorded; roll back, and repeat the transaction" + use + ": "
                        + Faults.text(fault),
                fault,
                key,
                JdbcQuotaStore.NAME);
    }
}
