package io.quotaguard.jdbc;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.MaintenanceStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.StoreCapabilities;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The store that keeps everything in one schema of a PostgreSQL database, 14 or newer.
 *
 * <p>Plain charges that follow each other in a list take one round trip and one transaction together; a command that ends
 * or extends a hold, or corrects a use, takes one of its own. Counters, ledger, keys, holds, grants and alerts are committed
 * together; the catalog's revisions and the clock are verified in the same step. Connections come from the host's data
 * source and go back to it as they were. It works behind PgBouncer in transaction mode; one older than 1.21 needs the
 * driver's {@code prepareThreshold=0}. Thread-safe.
 */
public final class JdbcQuotaStore implements BackingStore {
    static final String NAME = "postgresql";

    private final Connections connections;
    private final Connections maintenanceConnections;
    private final LearnedClock clock;
    private final ChangeHints hints;
    private final BatchExecutor executor;
    private final JoinedSql joinedSql;
    private final JdbcCatalog catalog;
    private final JdbcLedger ledger;
    private final JdbcAlerts alerts;
    private final JdbcMaintenance upkeep;

    private JdbcQuotaStore(Builder builder) {
        connections = new Connections(builder.dataSource);
        maintenanceConnections = builder.maintenance == null ? connections : new Connections(builder.maintenance);
        clock = new LearnedClock(builder.localClock);
        executor = new BatchExecutor(connections, clock, builder.schema);
        joinedSql = new JoinedSql(builder.schema);
        Database database = new Database(connections, builder.schema);
        hints = new ChangeHints(builder.changeHints, builder.schema);
        catalog = new JdbcCatalog(database, hints);
        ledger = new JdbcLedger(database);
        MaintenanceDatabase maintenance = new MaintenanceDatabase(new Database(maintenanceConnections, builder.schema));
        alerts = new JdbcAlerts(database, maintenance);
        upkeep = new JdbcMaintenance(maintenance, JdbcMaintenance.ROWS_PER_STEP);
    }

    /**
     * Returns a store on the schema {@link QuotaSchema#DEFAULT_NAME} of the host's database.
     *
     * @throws QuotaSchemaException when the schema is missing, older or newer than this code
     * @throws QuotaUnavailableException when the database cannot be reached
     */
    public static JdbcQuotaStore create(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /** Starts a store on the host's data source, which stays the host's to close. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public StoreCapabilities capabilities() {
        return new StoreCapabilities(true, true, true, true);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        return executor.execute(commands, deadline);
    }

    @Override
    public List<Outcome> post(List<Decided> decided, Deadline deadline) {
        return executor.post(decided, deadline);
    }

    @Override
    public boolean remembers(Command command, Deadline deadline) {
        return ledger.remembers(command, deadline);
    }

    /**
     * Takes part in the host's transaction.
     *
     * @param transaction a {@link java.sql.Connection} to this store's database, also through a pool's wrapper, or a JDBI
     *     {@link Handle} on one: open, without auto-commit, read committed
     */
    @Override
    public JoinedTransaction join(Object transaction) {
        return JoinedConnection.of(transaction, joinedSql, clock);
    }

    @Override
    public CatalogStore catalog() {
        return catalog;
    }

    @Override
    public LedgerStore ledger() {
        return ledger;
    }

    @Override
    public AlertStore alerts() {
        return alerts;
    }

    @Override
    public MaintenanceStore maintenance() {
        return upkeep;
    }

    /** Ends the store's own threads and the connection that listens. The data sources are left alone. */
    @Override
    public void close() {
        hints.close();
        connections.close();
        maintenanceConnections.close();
    }

    /** Collects a store's settings. Not thread-safe. */
    public static final class Builder {
        private static final Duration DEFAULT_STARTUP_TIMEOUT = Duration.ofSeconds(10);

        private final DataSource dataSource;
        private String schema = QuotaSchema.DEFAULT_NAME;
        private InstantSource localClock = InstantSource.system();
        private Duration startupTimeout = DEFAULT_STARTUP_TIMEOUT;

        private @Nullable DataSource changeHints;
        private @Nullable DataSource maintenance;

        private Builder(DataSource dataSource) {
            this.dataSource = InvalidQuotaArgumentException.required("data source", dataSource);
        }

        /** Names the schema that holds the store's tables. */
        public Builder schema(String schema) {
            this.schema = SchemaVersion.requireName(schema);
            return this;
        }

        /**
         * Lets the store listen for changes that other nodes make, on one connection that it keeps. Without it a node
         * learns of them when it next looks.
         *
         * @param direct a data source whose connections lead to the server itself: behind PgBouncer in transaction mode
         *     no session listens
         */
        public Builder changeHints(DataSource direct) {
            this.changeHints = InvalidQuotaArgumentException.required("data source of change hints", direct);
            return this;
        }

        /**
         * Sets on which connections the store removes what is past its retention, and purges alerts; unless set, on those
         * of everything else, whose role must then be allowed to delete.
         *
         * @param owner a data source of the schema's owner, or of a role with {@link QuotaSchema#maintenanceGrants}; it is
         *     used by {@code quota.maintenance()} and {@code quota.alerts().purge(…)} alone
         */
        public Builder maintenance(DataSource owner) {
            this.maintenance = InvalidQuotaArgumentException.required("data source of maintenance", owner);
            return this;
        }

        /** Sets the JVM's own clock, from which the store's is estimated; for tests. */
        public Builder localClock(InstantSource localClock) {
            this.localClock = InvalidQuotaArgumentException.required("local clock", localClock);
            return this;
        }

        /** Bounds {@link #build()}, 10 s when it is not set. */
        public Builder startupTimeout(Duration timeout) {
            this.startupTimeout = Deadline.requireTimeout(timeout);
            return this;
        }

        /**
         * Returns the store, having compared the schema's version with the code's.
         *
         * <p>The store itself bounds every wait for an answer by the call's deadline, so no time-out of the driver is needed
         * for that. What it cannot end is the opening of a connection on the caller's thread, bounded by the driver's {@code
         * socketTimeout} or {@code loginTimeout}, and a pool's look whether an idle connection is alive, bounded by
         * HikariCP's {@code validationTimeout}. Where one of these has no bound, or one longer than 2 s, the usual time-out
         * of a call, one warning says what to set.
         *
         * @throws QuotaSchemaException when the schema is missing, older or newer than this code
         * @throws QuotaUnavailableException when the database cannot be reached
         */
        public JdbcQuotaStore build() {
            JdbcQuotaStore store = new JdbcQuotaStore(this);
            try {
                Deadline deadline = Deadline.after(startupTimeout);
                SchemaVersion.verify(QuotaSchema.currentVersion(store.connections, schema, deadline), schema);
                StartupAdvice.give(dataSource, store.connections, deadline);
                return store;
            } catch (RuntimeException e) {
                store.close();
                throw e;
            }
        }
    }
}
