package io.quotaguard.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testbed.PostgresServers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import javax.sql.DataSource;

/** PostgreSQL, durable, in a database of its own on the server that tests run on. */
final class PostgresUnderTest implements StoreUnderTest {
    private static final int ADMINISTRATION_CONNECTIONS = 2;

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final String description;
    private final BenchmarkDatabase database;
    private final HikariDataSource servingPool;
    private final JdbcQuotaStore serving;
    private final QuotaStore administration;

    /** Makes the database; {@code connections} serve the application's calls. */
    PostgresUnderTest(int connections) {
        String url = PostgresServers.shared().freshDatabaseUrl();
        try {
            HikariDataSource ownPool = pool(url, "administration", ADMINISTRATION_CONNECTIONS);
            QuotaSchema.migrate(ownPool);
            database = new BenchmarkDatabase(ownPool);
            description = database.server() + ", " + connections + " connections";
            administration = JdbcQuotaStore.create(ownPool);
            closing.push(administration::close);
            servingPool = pool(url, "serving", connections);
            serving = JdbcQuotaStore.create(servingPool);
            closing.push(serving::close);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public JdbcQuotaStore serving() {
        return serving;
    }

    @Override
    public QuotaStore administration() {
        return administration;
    }

    /** Returns the connections that the store serves with, for whoever is to be compared with it. */
    DataSource servingPool() {
        return servingPool;
    }

    /** Returns the database as its superuser. */
    BenchmarkDatabase database() {
        return database;
    }

    @Override
    public void subscribe(Crowd crowd) {
        database.subscribe(crowd);
    }

    @Override
    public Map<String, Long> rowsWritten(Runnable change) {
        return database.rowsWritten(change);
    }

    @Override
    public int callsPerSecond() {
        return 0;
    }

    /** Frees what was opened, the last first. */
    @Override
    public void close() {
        closing.forEach(Runnable::run);
        closing.clear();
    }

    private HikariDataSource pool(String url, String name, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        // None is replaced by another in the middle of a measurement.
        config.setMaxLifetime(0);
        HikariDataSource pool = new HikariDataSource(config);
        closing.push(pool::close);
        return pool;
    }
}
