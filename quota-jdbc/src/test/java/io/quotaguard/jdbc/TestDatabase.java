package io.quotaguard.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.testbed.PostgresServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A fresh database with the present schema, and a pool on it. */
final class TestDatabase implements AutoCloseable {
    /** Those that refer to others first. */
    private static final List<String> TABLES = List.of(
            "subscription",
            "subscription_phase",
            "subscription_anchor",
            "feature_override",
            "membership",
            "usage_grant",
            "subscriber",
            "default_plan",
            "plan_feature",
            "plan_version",
            "plan",
            "catalog_change",
            "usage_counter",
            "usage_record",
            "reservation_line",
            "reservation",
            "quota_alert");

    /** Databases with the schema and a settable clock that a test has given back. */
    private static final ConcurrentLinkedQueue<TestDatabase> USED = new ConcurrentLinkedQueue<>();

    private final String url;
    private final HikariDataSource pool;
    private final boolean recycles;

    private TestDatabase(String url, boolean recycles) {
        this.url = url;
        this.pool = pool(url, 8);
        this.recycles = recycles;
    }

    /** A database without the schema. */
    static TestDatabase empty() {
        return new TestDatabase(PostgresServers.shared().freshDatabaseUrl(), false);
    }

    /** An empty schema with a settable clock, in a database that other tests had before and will have again. */
    static TestDatabase recycled() {
        TestDatabase used = USED.poll();
        if (used != null) {
            // Faster than TRUNCATE, which makes new files and forces them to disk.
            used.runPooled(String.join(
                    "; ",
                    TABLES.stream()
                            .map(table -> "DELETE FROM quotaguard." + table)
                            .toList()));
            return used;
        }
        TestDatabase fresh = new TestDatabase(PostgresServers.shared().freshDatabaseUrl(), true);
        QuotaSchema.migrate(fresh.dataSource());
        fresh.settableClock(Instant.EPOCH);
        return fresh;
    }

    /** A database with the schema. */
    static TestDatabase migrated() {
        TestDatabase database = empty();
        QuotaSchema.migrate(database.dataSource());
        return database;
    }

    static HikariDataSource pool(String url, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(30_000);
        return new HikariDataSource(config);
    }

    String url() {
        return url;
    }

    DataSource dataSource() {
        return pool;
    }

    /** A connection of its own, outside the pool. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    void run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private void runPooled(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The first column of the first row, as text. */
    String ask(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "nothing";
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    long count(String table) {
        return Long.parseLong(ask("SELECT count(*) FROM quotaguard." + table));
    }

    /** Waits until so many of this database's sessions wait for a lock. */
    void awaitLockWaits(int count) {
        String sql =
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        awaitAnswer(sql, Integer.toString(count));
    }

    /** Waits until the query answers so; fails after half a minute. */
    void awaitAnswer(String sql, String answer) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!ask(sql).equals(answer)) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException(sql + " never answered " + answer + " but " + ask(sql));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Puts a clock that only {@link #setClock} moves in the place of the server's. */
    void settableClock(Instant now) {
        run("CREATE TABLE public.test_clock (now timestamptz); INSERT INTO public.test_clock VALUES ('" + now + "');"
                + " CREATE OR REPLACE FUNCTION quotaguard.quota_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
                + " AS 'SELECT now FROM public.test_clock'");
    }

    void setClock(Instant now) {
        runPooled("UPDATE public.test_clock SET now = '" + now + "'");
    }

    /** What the settable clock shows. */
    Instant clock() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT now FROM public.test_clock")) {
            row.next();
            return Times.instant(row, "now");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets a counter differ from its ledger. */
    void corrupt(String subject, String feature, long delta) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement("""
                        UPDATE quotaguard.usage_counter SET used = used + ?
                         WHERE id = (SELECT id FROM quotaguard.usage_counter
                                      WHERE subject = ? AND feature = ? ORDER BY window_start DESC LIMIT 1)
                        """)) {
            statement.setLong(1, delta);
            statement.setString(2, subject);
            statement.setString(3, feature);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (recycles) {
            USED.add(this);
        } else {
            pool.close();
        }
    }
}
