package io.quotaguard.quickstart;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.testbed.EmbeddedPostgres;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL: one that this example starts for itself, or one of the user's. */
final class PostgresBackend implements Backend {
    private static final int CONNECTIONS = 8;

    private final Deque<Runnable> closing;
    private final ReplaySchema schema;
    private final JdbcQuotaStore store;
    private final PublicationTable publications;
    private final List<String> facts;

    private PostgresBackend(Deque<Runnable> closing, ReplaySchema schema, Instant start, List<String> facts) {
        this.closing = closing;
        this.schema = schema;
        this.facts = facts;
        schema.installClock(start);
        // This JVM's own clock shows another day than the server's, and that is all right: the server's decides (R19).
        this.store = JdbcQuotaStore.builder(schema.dataSource())
                .schema(schema.name())
                .build();
        closing.push(store::close);
        this.publications = new PublicationTable(schema, new ForcedCrashes());
    }

    /** Starts a server of its own, whose data go with {@link #close()}. */
    static PostgresBackend embedded(Instant start) {
        Deque<Runnable> closing = new ArrayDeque<>();
        try {
            EmbeddedPostgres server = EmbeddedPostgres.start();
            closing.push(server::close);
            HikariDataSource pool = pool(server.createDatabase(), null, null);
            closing.push(pool::close);
            ReplaySchema schema = new ReplaySchema(pool, QuotaSchema.DEFAULT_NAME);
            QuotaSchema.migrate(pool);
            return new PostgresBackend(
                    closing,
                    schema,
                    start,
                    List.of(
                            schema.server() + ", started for this run, durable; it goes with its data in the end",
                            "quota_now() of its schema " + schema.name() + " is replaced to show the log's time"));
        } catch (RuntimeException e) {
            closing.forEach(Runnable::run);
            throw e;
        }
    }

    /** Makes a schema of this example's own in a database of the user's; it stays there to be looked at. */
    static PostgresBackend at(String url, @Nullable String user, @Nullable String password, Instant start) {
        Deque<Runnable> closing = new ArrayDeque<>();
        try {
            HikariDataSource pool = pool(url, user, password);
            closing.push(pool::close);
            ReplaySchema schema = new ReplaySchema(pool, ReplaySchema.OWN_NAME);
            schema.makeWay();
            QuotaSchema.migrate(pool, schema.name());
            schema.sign();
            return new PostgresBackend(
                    closing,
                    schema,
                    start,
                    List.of(
                            schema.server() + " of yours; only the schema " + schema.name()
                                    + " is touched, made anew by each run",
                            "quota_now() of that schema is replaced to show the log's time"));
        } catch (RuntimeException e) {
            closing.forEach(Runnable::run);
            throw e;
        }
    }

    @Override
    public JdbcQuotaStore store() {
        return store;
    }

    @Override
    public void moveTo(Instant time) {
        schema.setClock(time);
    }

    @Override
    public Publications publications() {
        return publications;
    }

    @Override
    public Optional<CrashReport> crashes() {
        return Optional.of(publications.report());
    }

    @Override
    public List<String> facts() {
        return facts;
    }

    /** Frees what was opened, the last first. */
    @Override
    public void close() {
        closing.forEach(Runnable::run);
        closing.clear();
    }

    private static HikariDataSource pool(String url, @Nullable String user, @Nullable String password) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("quickstart");
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new BackendException("cannot connect to the database: " + e.getMessage(), e);
        }
    }
}
