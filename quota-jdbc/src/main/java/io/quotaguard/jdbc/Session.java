package io.quotaguard.jdbc;

import io.quotaguard.spi.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A borrowed connection: each statement a transaction of its own, no answer awaited beyond the deadline, and everything
 * as it was when it goes back. Used by one thread.
 */
final class Session implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /** Keeps what it has parsed, which each new {@link Jdbi} would parse again. */
    private static final SqlParser PARSER = new ColonPrefixSqlParser();

    private final Connection connection;
    private boolean begun;
    private boolean autoCommit;
    private int networkTimeoutMillis;

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Prepares the connection; none of this needs a round trip. */
    void begin(Deadline deadline) throws SQLException {
        autoCommit = connection.getAutoCommit();
        networkTimeoutMillis = connection.getNetworkTimeout();
        begun = true;
        if (!autoCommit) {
            connection.setAutoCommit(true);
        }
        bound(deadline);
    }

    /** Lets no answer take longer than until the deadline, not even behind a network that swallows everything (trap 10). */
    void bound(Deadline deadline) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, deadline.remainingMillis());
    }

    /** Returns the connection for use through JDBI; closing the handle leaves the connection to this session. */
    Handle handle() {
        Jdbi jdbi = Jdbi.create(new ConnectionFactory() {
            @Override
            public Connection openConnection() {
                return connection;
            }

            @Override
            public void closeConnection(Connection open) {}
        });
        jdbi.configure(
                SqlStatements.class,
                statements -> statements.setSqlParser(PARSER).setTemplateEngine(TemplateEngine.NOP));
        return jdbi.open();
    }

    /** Returns how long the host lets this connection wait for an answer, 0 for no bound: the driver's socketTimeout. */
    int hostsNetworkTimeoutMillis() {
        return networkTimeoutMillis;
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        try (connection) {
            if (begun && !connection.isClosed()) {
                if (connection.getAutoCommit() != autoCommit) {
                    connection.setAutoCommit(autoCommit);
                }
                connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
            }
        } catch (SQLException e) {
            // What was asked is answered already; a pool discards a connection that cannot be put in order.
            log.debug("A connection could not be put back in order: {}", Faults.text(e));
        }
    }
}
