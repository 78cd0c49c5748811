package io.quotaguard.jdbc;

import io.quotaguard.spi.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import javax.sql.DataSource;

/** The host's data source, made to keep deadlines (R45). Thread-safe. */
final class Connections implements AutoCloseable {
    private final DataSource dataSource;
    private final AcquisitionWatchdog watchdog;

    Connections(DataSource dataSource) {
        this.dataSource = dataSource;
        this.watchdog = new AcquisitionWatchdog("quotaguard-jdbc-watchdog");
    }

    /**
     * Borrows a connection until the session is closed.
     *
     * @throws NoConnectionException when there is none before the deadline
     */
    Session open(Deadline deadline) throws NoConnectionException {
        if (deadline.hasPassed()) {
            throw new NoConnectionException(
                    "the deadline passed before a connection was asked for", new SQLTimeoutException("deadline"));
        }
        Connection connection;
        try {
            connection = watchdog.within(deadline, dataSource::getConnection);
        } catch (SQLException | RuntimeException e) {
            throw new NoConnectionException("the data source gave no connection: " + Faults.text(e), e);
        }
        Session session = new Session(connection);
        try {
            if (deadline.hasPassed()) {
                throw new SQLTimeoutException("the connection came after the deadline");
            }
            session.begin(deadline);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw new NoConnectionException("the connection could not be used: " + Faults.text(e), e);
        }
    }

    /** Ends what this class opened; the data source is the host's. */
    @Override
    public void close() {
        watchdog.close();
    }
}
