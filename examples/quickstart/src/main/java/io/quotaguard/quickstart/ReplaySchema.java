package io.quotaguard.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/**
 * The schema of the replay, with a clock in it that can be set.
 *
 * <p>The store reads the server's clock through one function, {@code quota_now()}. Windows are cut by that clock, and the
 * log is of another day; so the replay puts a function in its place that reads a table of one row, in the replay's own
 * schema and nowhere else. Nobody does this to a schema in use.
 *
 * @param dataSource the database
 * @param name the schema
 */
record ReplaySchema(DataSource dataSource, String name) {
    /** The schema in a database of the user's. */
    static final String OWN_NAME = "quotaguard_quickstart";

    private static final String SIGNATURE = "made by the QuotaGuard quickstart, whose next run drops it";

    private static final String FIND =
            "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = ?";

    private static final String INSTALL_CLOCK = """
            CREATE TABLE %1$s.replay_clock (shows timestamptz NOT NULL);
            INSERT INTO %1$s.replay_clock VALUES ('%2$s');
            CREATE OR REPLACE FUNCTION %1$s.quota_now() RETURNS timestamptz LANGUAGE sql VOLATILE
                AS 'SELECT shows FROM %1$s.replay_clock';
            """;

    /**
     * Drops what an earlier run of this example left.
     *
     * @throws BackendException when the schema is there and this example did not make it
     */
    void makeWay() {
        inDatabase(connection -> {
            try (PreparedStatement find = connection.prepareStatement(FIND)) {
                find.setString(1, name);
                try (ResultSet found = find.executeQuery()) {
                    if (found.next() && !found.getString(1).equals(SIGNATURE)) {
                        throw new BackendException("the schema " + name + " is there and was not made by this example;"
                                + " rename it, or name another database");
                    }
                }
            }
            return execute(connection, "DROP SCHEMA IF EXISTS " + name + " CASCADE");
        });
    }

    /** Marks the schema as this example's. */
    void sign() {
        inDatabase(connection -> execute(connection, "COMMENT ON SCHEMA " + name + " IS '" + SIGNATURE + "'"));
    }

    void installClock(Instant time) {
        inDatabase(connection -> execute(connection, INSTALL_CLOCK.formatted(name, time)));
    }

    void setClock(Instant time) {
        inDatabase(connection -> {
            String set = "UPDATE " + name + ".replay_clock SET shows = ?";
            try (PreparedStatement update = connection.prepareStatement(set)) {
                update.setObject(1, time.atOffset(ZoneOffset.UTC));
                return update.executeUpdate();
            }
        });
    }

    /** Returns the server's product and version. */
    String server() {
        return inDatabase(connection -> connection.getMetaData().getDatabaseProductName() + " "
                + connection.getMetaData().getDatabaseProductVersion());
    }

    /** What is done with a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Returns what {@code work} returns; its connection is closed then. */
    <T> T inDatabase(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw new BackendException("the database refused: " + e.getMessage(), e);
        }
    }

    static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
