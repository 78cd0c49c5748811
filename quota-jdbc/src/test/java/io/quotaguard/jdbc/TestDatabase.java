package io.quotaguard.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.testbed.PostgresServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;

/** A fresh database with the present schema, and a pool on it. */
final class TestDatabase implements AutoCloseable {
    private final String url;
    private final HikariDataSource pool;

    private TestDatabase(String url) {
        this.url = url;
        this.pool = pool(url, 8);
    }

    /** A database without the schema. */
    static TestDatabase empty() {
        return new TestDatabase(PostgresServers.shared().freshDatabaseUrl());
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

    /** Stops the store's clock at an instant, which later calls move. */
    void setClock(Instant now) {
        run("CREATE OR REPLACE FUNCTION quotaguard.quota_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT '"
                + now + "'::timestamptz $$");
    }

    @Override
    public void close() {
        pool.close();
    }
}
