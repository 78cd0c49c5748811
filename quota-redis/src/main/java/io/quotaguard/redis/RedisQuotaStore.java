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
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides in Redis, in front of a store that keeps catalog, ledger and alerts, or of books that Redis keeps itself ({@link
 * #alone}). Thread-safe.
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

    RedisQuotaStore(RedisQuotaStoreBuilder builder, RedisLink link, Deadline startup) throws RedisFault {
        this.link = link;
        this.clock = new LearnedClock(builder.localClock);
        Scripts scripts = new Scripts(builder.scripts);
        Shards shards = new Shards(builder.namespace, builder.shards());
        Epochs epochs = new Epochs(link, scripts, shards);
        ServerCheck.check(link, startup);
        behind = builder.behind(link, scripts, shards, clock, startup);
        epochs.requireShards(startup);
        epochs.beginAll(startup);
        drain = new Drain(link, scripts, shards, epochs, behind);
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
    public static RedisQuotaStoreBuilder inFrontOf(BackingStore behind, RedisClient client, RedisURI uri) {
        InvalidQuotaArgumentException.required("Redis client", client);
        InvalidQuotaArgumentException.required("Redis URI", uri);
        InvalidQuotaArgumentException.required("store behind", behind);
        return new RedisQuotaStoreBuilder(behind, to(client, uri), 1);
    }

    /**
     * Starts a store on one Redis that keeps everything itself: catalog, ledger, audit and alerts are a journal in Redis, of
     * which every node has a copy in memory. What Redis loses is lost.
     *
     * @param client the host's client, whose threads the store shares; nothing is set on it
     * @param uri which Redis
     */
    public static RedisQuotaStoreBuilder alone(RedisClient client, RedisURI uri) {
        InvalidQuotaArgumentException.required("Redis client", client);
        InvalidQuotaArgumentException.required("Redis URI", uri);
        return new RedisQuotaStoreBuilder(null, to(client, uri), 1);
    }

    /**
     * Starts a store on a Redis Cluster that keeps everything itself, as {@link #alone(RedisClient, RedisURI)} does. The
     * journal is on the server of one hash slot.
     *
     * @param client the host's client, whose threads the store shares, and of which it takes over the nodes; nothing is set on
     *     it
     */
    public static RedisQuotaStoreBuilder alone(RedisClusterClient client) {
        InvalidQuotaArgumentException.required("Redis client", client);
        return new RedisQuotaStoreBuilder(null, to(client), RedisQuotaStoreBuilder.SHARDS_OF_CLUSTER);
    }

    /**
     * Starts a store on a Redis Cluster.
     *
     * @param behind what keeps catalog, ledger and alerts; it stays the host's to close
     * @param client the host's client, whose threads the store shares, and of which it takes over the nodes; nothing is set on
     *     it
     */
    public static RedisQuotaStoreBuilder inFrontOf(BackingStore behind, RedisClusterClient client) {
        InvalidQuotaArgumentException.required("Redis client", client);
        InvalidQuotaArgumentException.required("store behind", behind);
        return new RedisQuotaStoreBuilder(behind, to(client), RedisQuotaStoreBuilder.SHARDS_OF_CLUSTER);
    }

    private static Connecting to(RedisClient client, RedisURI uri) {
        return new Connecting(uri.toString(), () -> RedisLink.to(client, uri));
    }

    private static Connecting to(RedisClusterClient client) {
        // The nodes are the client's secret until it has reached one.
        return new Connecting("the cluster of the host's client", () -> RedisLink.to(client));
    }

    /** Returns what keeps the books. */
    BackingStore behind() {
        return behind;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** As durable as the store behind, but for what Redis may lose before it is posted; alone, as durable as Redis. */
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
}
