package io.quotaguard.benchmarks;

import io.quotaguard.jdbc.QuotaSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** What a benchmark does to the database behind the library's back: fill it, and count what is written. */
final class BenchmarkDatabase {
    /**
     * What {@code subscriptions().subscribe} leaves behind, less the audit rows. References are not checked one by one,
     * which takes most of the time; the benchmark asks the library afterwards.
     */
    private static final String SUBSCRIBE = """
            SET LOCAL session_replication_role = replica;
            CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
            SELECT current_setting('benchmark.plan') || '-' || n AS subject
              FROM generate_series(0, current_setting('benchmark.size')::integer - 1) n;
            INSERT INTO quotaguard.subscriber (subject, revision)
            SELECT subject, 1 FROM crowd;
            INSERT INTO quotaguard.subscription (subject, started_at, term_kind)
            SELECT subject, now(), 'OPEN' FROM crowd;
            INSERT INTO quotaguard.subscription_phase (subject, position, plan_code, asked_at, starts)
            SELECT subject, 0, current_setting('benchmark.plan'), now(), 'NOW' FROM crowd;
            INSERT INTO quotaguard.subscription_anchor (subject, position, zone, offset_seconds, origin)
            SELECT subject, 0, 'UTC', 0, '2024-01-01' FROM crowd;
            """;

    /** Otherwise the server would do it by itself, in the middle of a measurement. */
    private static final String SETTLE = """
            VACUUM (ANALYZE) quotaguard.subscriber, quotaguard.subscription, quotaguard.subscription_phase,
                             quotaguard.subscription_anchor;
            """;

    private static final String START_COUNTING = """
            CREATE SCHEMA benchmark;
            CREATE TABLE benchmark.written (name text);
            CREATE FUNCTION benchmark.note() RETURNS trigger LANGUAGE plpgsql
            AS $body$ BEGIN INSERT INTO benchmark.written VALUES (TG_TABLE_NAME); RETURN NULL; END $body$;
            DO $do$
            DECLARE
                v_table regclass;
            BEGIN
                FOR v_table IN SELECT oid FROM pg_class
                                WHERE relnamespace = 'quotaguard'::regnamespace AND relkind = 'r' LOOP
                    EXECUTE format('CREATE TRIGGER benchmark AFTER INSERT OR UPDATE OR DELETE ON %s'
                                   ' FOR EACH ROW EXECUTE FUNCTION benchmark.note()', v_table);
                END LOOP;
            END
            $do$;
            """;

    private static final String COUNT = "SELECT name, count(*) FROM benchmark.written GROUP BY name";
    private static final String STOP_COUNTING = "SET client_min_messages = warning; DROP SCHEMA benchmark CASCADE";

    private final DataSource dataSource;

    /** Works on a database with the schema {@link QuotaSchema#DEFAULT_NAME}, as a superuser. */
    BenchmarkDatabase(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Returns the server's version and whether it is durable. */
    String server() {
        return texts("""
                SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync')
                       || ', synchronous_commit ' || current_setting('synchronous_commit')
                """).get(0);
    }

    /** Subscribes everyone of a crowd. */
    void subscribe(Crowd crowd) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            setting(connection, "benchmark.plan", crowd.plan());
            setting(connection, "benchmark.size", Integer.toString(crowd.size()));
            execute(connection, SUBSCRIBE);
            connection.commit();
            connection.setAutoCommit(true);
            execute(connection, SETTLE);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot subscribe " + crowd, e);
        }
    }

    /** Has the server do now what it would do some time about all the rows that were written. */
    void settle() {
        execute("VACUUM (ANALYZE)");
    }

    /** Returns the number of the server's first process, on its own machine. */
    long serverPid() {
        return number("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::bigint");
    }

    /** Makes a change and returns how many rows of which table it wrote: each row leaves a note by a trigger. */
    Map<String, Long> rowsWritten(Runnable change) {
        execute(START_COUNTING);
        try {
            change.run();
            return query(COUNT);
        } finally {
            execute(STOP_COUNTING);
        }
    }

    /** A setting of the transaction: what a script of several statements has in place of parameters. */
    private static void setting(Connection connection, String name, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config(?, ?, true)")) {
            statement.setString(1, name);
            statement.setString(2, value);
            statement.execute();
        }
    }

    void execute(String sql) {
        try (Connection connection = dataSource.getConnection()) {
            execute(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the one number that a query finds. */
    long number(String sql) {
        return numbers(sql).get(0);
    }

    /** Returns the one column of a query. */
    List<Long> numbers(String sql) {
        return column(sql, row -> row.getLong(1));
    }

    /** Returns the one column of a query. */
    List<String> texts(String sql) {
        return column(sql, row -> row.getString(1));
    }

    /** Reads a row. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> column(String sql, Reading<T> reading) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<T> found = new ArrayList<>();
            while (row.next()) {
                found.add(reading.of(row));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run: " + sql, e);
        }
    }

    private Map<String, Long> query(String sql) {
        Map<String, Long> found = new TreeMap<>();
        column(sql, row -> Map.entry(row.getString(1), row.getLong(2)))
                .forEach(row -> found.put(row.getKey(), row.getValue()));
        return found;
    }
}
