package io.quotaguard.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.MaintenanceStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.StoreCapabilities;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides in Redis, in front of a store that keeps catalog, ledger and alerts. Thread-safe.
 *
 * <p>Plain uses and checks of one shard are decided by one script; what was decided is posted into the ledger of the store
 * behind at once, by a thread of its own. Everything else (reservations, corrections, grants, resets, and uses whose subjects
 * are of several shards) is carried out by the store behind, while nobody decides anything about the same subjects here.
 *
 * <p>Every node decides through a store of this kind, and changes the catalog through one: what is changed past it is seen
 * late, when something else of the same subject or plan is asked for.
 */
public final class RedisQuotaStore implements QuotaStore {
    static final String NAME = "redis";

    private final RedisLink link;
    private final BackingStore behind;
    private final LearnedClock clock;
    private final Drain drain;
    private final Drainer drainer;
    private final Executor executor;
    private final Lag lag;
    private final @Nullable LagWatch watch;
    private final Hints hints;
    private final RedisCatalog catalog;
    private final RedisLedger ledger;
    private final RedisAlerts alerts;
    private final RedisMaintenance maintenance;

    private RedisQuotaStore(Builder builder, RedisLink link) throws RedisFault {
        this.link = link;
        this.behind = builder.behind;
        this.clock = new LearnedClock(builder.localClock);
        Scripts scripts = new Scripts(builder.scripts);
        Shards shards = new Shards(builder.namespace, builder.shards());
        Epochs epochs = new Epochs(link, scripts, shards);
        Deadline startup = Deadline.after(builder.startupTimeout);
        ServerCheck.check(link, startup);
        epochs.beginAll(startup);
        drain = new Drain(link, shards, epochs, behind);
        drainer = new Drainer(drain, shards.count());
        lag = new Lag(link, shards);
        Fences fences = new Fences(link, scripts, shards, epochs);
        Turns turns = new Turns();
        Subjects subjects = new Subjects(link, scripts, fences, drain, behind);
        Revisions revisions = new Revisions(link, scripts, shards, behind);
        LedgerWay ledgerWay = new LedgerWay(link, shards, fences, turns, drain, behind, builder.keepKeys);
        Decider decider = new Decider(revisions, epochs, ledgerWay, behind);
        Executor.Settings settings = new Executor.Settings(builder.keepKeys, builder.maxBacklog);
        Replicas replicas = new Replicas(link, scripts, shards, builder.replicas);
        executor = new Executor(
                link, scripts, shards, decider, ledgerWay, drainer, subjects, turns, fences, replicas, clock, settings);
        Freshly freshly = new Freshly(drain, shards);
        hints = new Hints(link, shards);
        catalog = new RedisCatalog(
                behind.catalog(),
                new KnownCatalogs(behind.catalog(), link, scripts, shards),
                freshly,
                new CatalogChanges(behind.catalog(), fences, turns, revisions, drain),
                hints);
        ledger = new RedisLedger(behind.ledger(), freshly, epochs);
        alerts = new RedisAlerts(behind.alerts(), freshly);
        maintenance = new RedisMaintenance(behind, freshly, epochs);
        drainer.start();
        watch = builder.watched == null ? null : new LagWatch(lag, builder.watched);
        if (watch != null) {
            watch.start();
        }
    }

    /**
     * Starts a store on one Redis.
     *
     * @param behind what keeps catalog, ledger and alerts; it stays the host's to close
     * @param client the host's client, whose threads the store shares; nothing is set on it
     * @param uri which Redis
     */
    public static Builder inFrontOf(BackingStore behind, RedisClient client, RedisURI uri) {
        InvalidQuotaArgumentException.required("Redis client", client);
        InvalidQuotaArgumentException.required("Redis URI", uri);
        return new Builder(behind, () -> RedisLink.to(client, uri), 1);
    }

    /**
     * Starts a store on a Redis Cluster.
     *
     * @param behind what keeps catalog, ledger and alerts; it stays the host's to close
     * @param client the host's client, whose threads the store shares, and of which it takes over the nodes; nothing is set on
     *     it
     */
    public static Builder inFrontOf(BackingStore behind, RedisClusterClient client) {
        InvalidQuotaArgumentException.required("Redis client", client);
        return new Builder(behind, () -> RedisLink.to(client), Builder.SHARDS_OF_CLUSTER);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** As durable as the store behind, but for what Redis may lose before it is posted. */
    @Override
    public StoreCapabilities capabilities() {
        StoreCapabilities those = behind.capabilities();
        return new StoreCapabilities(those.durable(), those.shared(), true, false);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        return executor.execute(commands, deadline);
    }

    /**
     * Returns how far the ledger is behind what was decided, by all nodes.
     *
     * @throws QuotaUnavailableException when Redis cannot be asked before the deadline
     */
    public DrainLag drainLag(Deadline deadline) {
        return lag.read(deadline);
    }

    /**
     * Posts everything that was decided before this call into the ledger.
     *
     * @throws QuotaUnavailableException when it cannot be done before the deadline
     */
    public void drain(Deadline deadline) {
        try {
            drain.settleAll(deadline);
        } catch (RedisFault e) {
            throw e.unavailable(null);
        }
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
        return maintenance;
    }

    /** Posts what is left, and ends the store's own threads and connection. The host's client and the store behind are left alone. */
    @Override
    public void close() {
        hints.close();
        if (watch != null) {
            watch.close();
        }
        drainer.close();
        link.close();
    }

    /** Collects a store's settings. Not thread-safe. */
    public static final class Builder {
        static final int SHARDS_OF_CLUSTER = 64;
        private static final Duration DEFAULT_STARTUP_TIMEOUT = Duration.ofSeconds(10);
        private static final Duration DEFAULT_KEEP_KEYS = Duration.ofDays(35);
        private static final Duration MAX_KEEP_KEYS = Duration.ofDays(36_500);
        private static final long DEFAULT_MAX_BACKLOG = 100_000;

        private final BackingStore behind;
        private final Connecting connecting;
        private final int defaultShards;
        private @Nullable Integer shards;
        private String namespace = "quota";
        private Duration keepKeys = DEFAULT_KEEP_KEYS;
        private long maxBacklog = DEFAULT_MAX_BACKLOG;
        private LagWatch.@Nullable Settings watched;
        private Replicas.Settings replicas = Replicas.Settings.NONE;
        private Duration startupTimeout = DEFAULT_STARTUP_TIMEOUT;
        private InstantSource localClock = InstantSource.system();
        private UnaryOperator<String> scripts = Script::resource;

        /** How the store connects. */
        private interface Connecting {
            RedisLink connect();
        }

        private Builder(BackingStore behind, Connecting connecting, int defaultShards) {
            this.behind = InvalidQuotaArgumentException.required("store behind", behind);
            this.connecting = connecting;
            this.defaultShards = defaultShards;
        }

        /** Sets what all keys begin with, so that applications that share a Redis stay apart; {@code quota} by default. */
        public Builder namespace(String namespace) {
            this.namespace = InvalidQuotaArgumentException.required("namespace", namespace);
            return this;
        }

        /**
         * Sets over how many hash tags the subjects are spread: 1 by default on one Redis, 64 on a cluster. All nodes have to
         * say the same, for ever. A use that is charged to subjects of different shards, as one of a pool may be, is carried out
         * by the store behind: right, but slower.
         */
        public Builder shards(int shards) {
            this.shards = shards;
            return this;
        }

        /** Sets how long a key is known after its window has ended (R10); 35 days by default. */
        public Builder keepKeys(Duration keepKeys) {
            InvalidQuotaArgumentException.required("keepKeys", keepKeys);
            if (keepKeys.isNegative() || keepKeys.isZero() || keepKeys.compareTo(MAX_KEEP_KEYS) > 0) {
                throw InvalidQuotaArgumentException.of(
                        "R10", "keepKeys", keepKeys, "is not positive and at most " + MAX_KEEP_KEYS);
            }
            this.keepKeys = keepKeys;
            return this;
        }

        /**
         * Bounds how many uses of one shard may wait for the ledger, 100,000 by default: while so many do, because the store
         * behind is away, calls are answered by their failure policy.
         */
        public Builder maxBacklog(long maxBacklog) {
            if (maxBacklog < 1) {
                throw InvalidQuotaArgumentException.of("F1", "maxBacklog", maxBacklog, "is not at least 1");
            }
            this.maxBacklog = maxBacklog;
            return this;
        }

        /**
         * Has every use wait until so many replicas have it, so that it outlives the server that decided it; by default no use
         * waits. When fewer have confirmed it in time the use is recorded all the same, and its outcome is unknown to the
         * caller ({@code OutcomeUnknownException}): a retry with the same key finds it, and waits once more. What callers wait
         * for is asked once for all of them; it costs each the way to the replicas and back.
         *
         * <p>A use that is confirmed is lost only when the replica that takes over is none of those that confirmed it, or
         * loses its memory as well.
         *
         * @param count how many replicas, at least 1
         * @param timeout how long to wait for them, at least 1 ms; a call's own deadline ends the wait as well (R45)
         */
        public Builder awaitReplicas(int count, Duration timeout) {
            if (count < 1) {
                throw InvalidQuotaArgumentException.of("F1", "number of replicas", count, "is not at least 1");
            }
            this.replicas = new Replicas.Settings(count, Deadline.requireTimeout(timeout));
            return this;
        }

        /**
         * Has a listener told when the ledger falls behind what was decided, and when it has caught up; beside that, {@link
         * RedisQuotaStore#drainLag} says it at any time. This node looks for it twice in that time, at least once a second
         * and at most twenty times.
         *
         * @param after how long the oldest use may wait for the ledger before it is told
         * @param listener isolated: what it throws is logged
         */
        public Builder drainLagListener(Duration after, DrainLagListener listener) {
            InvalidQuotaArgumentException.required("drain lag listener", listener);
            this.watched = new LagWatch.Settings(Deadline.requireTimeout(after), listener);
            return this;
        }

        /** Sets how long {@link #build} may take to reach Redis; 10 s by default. */
        public Builder startupTimeout(Duration startupTimeout) {
            this.startupTimeout = Deadline.requireTimeout(startupTimeout);
            return this;
        }

        /** For tests: the JVM's clock, from which the store's is learned. */
        Builder localClock(InstantSource localClock) {
            this.localClock = localClock;
            return this;
        }

        /** For tests: where the scripts come from. */
        Builder scripts(UnaryOperator<String> scripts) {
            this.scripts = scripts;
            return this;
        }

        private int shards() {
            return shards == null ? defaultShards : shards;
        }

        /**
         * Connects, and looks whether the server can keep counters.
         *
         * @throws QuotaUnavailableException when Redis cannot be reached
         * @throws InvalidQuotaArgumentException when its settings would lose counters; it says what to set
         */
        public RedisQuotaStore build() {
            RedisLink link;
            try {
                link = connecting.connect();
            } catch (RuntimeException e) {
                throw RedisFault.of(e).unavailable(null);
            }
            try {
                return new RedisQuotaStore(this, link);
            } catch (RedisFault e) {
                link.close();
                throw e.unavailable(null);
            } catch (RuntimeException e) {
                link.close();
                throw e;
            }
        }
    }
}
