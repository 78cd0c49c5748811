package io.quotaguard.redis;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.redis.books.Books;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a {@link RedisQuotaStore}. Not thread-safe. */
public final class RedisQuotaStoreBuilder {
    static final int SHARDS_OF_CLUSTER = 64;
    private static final Duration DEFAULT_STARTUP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration DEFAULT_KEEP_KEYS = Duration.ofDays(35);
    private static final Duration MAX_KEEP_KEYS = Duration.ofDays(36_500);
    private static final long DEFAULT_MAX_BACKLOG = 100_000;

    private final @Nullable BackingStore behind;
    private final Connecting connecting;
    private final int defaultShards;
    private @Nullable Integer shards;
    private RedisJournal.Settings books = RedisJournal.Settings.DEFAULT;
    String namespace = "quota";
    Duration keepKeys = DEFAULT_KEEP_KEYS;
    long maxBacklog = DEFAULT_MAX_BACKLOG;
    LagWatch.@Nullable Settings watched;
    Replicas.Settings replicas = Replicas.Settings.NONE;
    Duration startupTimeout = DEFAULT_STARTUP_TIMEOUT;
    InstantSource localClock = InstantSource.system();
    UnaryOperator<String> scripts = Script::resource;

    /** @param behind the store behind, or null when Redis keeps the books itself */
    RedisQuotaStoreBuilder(@Nullable BackingStore behind, Connecting connecting, int defaultShards) {
        this.behind = behind;
        this.connecting = connecting;
        this.defaultShards = defaultShards;
    }

    /** Sets what all keys begin with, so that applications that share a Redis stay apart; {@code quota} by default. */
    public RedisQuotaStoreBuilder namespace(String namespace) {
        this.namespace = InvalidQuotaArgumentException.required("namespace", namespace);
        return this;
    }

    /**
     * Sets over how many hash tags the subjects are spread: 1 by default on one Redis, 64 on a cluster. All nodes have to
     * say the same, for ever. A use that is charged to subjects of different shards, as one of a pool may be, is carried out
     * by the store behind: right, but slower.
     */
    public RedisQuotaStoreBuilder shards(int shards) {
        this.shards = shards;
        return this;
    }

    /** Sets how long a key is known after its window has ended (R10); 35 days by default. */
    public RedisQuotaStoreBuilder keepKeys(Duration keepKeys) {
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
    public RedisQuotaStoreBuilder maxBacklog(long maxBacklog) {
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
    public RedisQuotaStoreBuilder awaitReplicas(int count, Duration timeout) {
        if (count < 1) {
            throw InvalidQuotaArgumentException.of("F1", "number of replicas", count, "is not at least 1");
        }
        this.replicas = new Replicas.Settings(count, Deadline.requireTimeout(timeout));
        return this;
    }

    /**
     * Has a listener told when the ledger falls behind what was decided, when it has caught up, and when it does not take
     * something at all; beside that, {@link RedisQuotaStore#drainLag} says it at any time. This node looks for it twice in that time, at least once a second
     * and at most twenty times.
     *
     * @param after how long the oldest use may wait for the ledger before it is told
     * @param listener isolated: what it throws is logged
     */
    public RedisQuotaStoreBuilder drainLagListener(Duration after, DrainLagListener listener) {
        InvalidQuotaArgumentException.required("drain lag listener", listener);
        this.watched = new LagWatch.Settings(Deadline.requireTimeout(after), listener);
        return this;
    }

    /**
     * Begins books when Redis has none, for a store that is alone: for the first start, and after a loss that cannot be
     * undone. Everybody then has a fresh quota, and there are no plans. Without it {@link #build} refuses such a Redis, since
     * an emptied one looks the same (F1).
     *
     * @throws InvalidQuotaArgumentException when there is a store behind this one, which keeps the books
     */
    public RedisQuotaStoreBuilder beginIfEmpty() {
        requireAlone("beginIfEmpty");
        this.books = new RedisJournal.Settings(true, books.most());
        return this;
    }

    /**
     * Bounds how many entries the books of a store that is alone may hold, 1,000,000 by default: one for each use, change
     * and delivery that is kept. At the bound uses wait for the books, up to {@link #maxBacklog}, until maintenance has
     * removed some. Every node holds the books in memory as well, at about 150 bytes an entry of a plain use, and reads them
     * when it is built: a million may want a longer {@link #startupTimeout}.
     *
     * @throws InvalidQuotaArgumentException when it is below 1, or there is a store behind this one
     */
    public RedisQuotaStoreBuilder maxEntries(long maxEntries) {
        requireAlone("maxEntries");
        if (maxEntries < 1) {
            throw InvalidQuotaArgumentException.of("H5", "maxEntries", maxEntries, "is not at least 1");
        }
        this.books = new RedisJournal.Settings(books.beginIfEmpty(), maxEntries);
        return this;
    }

    private void requireAlone(String option) {
        if (behind != null) {
            throw InvalidQuotaArgumentException.of(
                    "F1",
                    "option",
                    option,
                    "is of RedisQuotaStore.alone(…); here store " + behind.name() + " keeps the books");
        }
    }

    /** Sets how long {@link #build} may take to reach Redis and to read what it has to; 10 s by default. */
    public RedisQuotaStoreBuilder startupTimeout(Duration startupTimeout) {
        this.startupTimeout = Deadline.requireTimeout(startupTimeout);
        return this;
    }

    /** For tests: the JVM's clock, from which the store's is learned. */
    RedisQuotaStoreBuilder localClock(InstantSource localClock) {
        this.localClock = localClock;
        return this;
    }

    /** For tests: where the scripts come from. */
    RedisQuotaStoreBuilder scripts(UnaryOperator<String> scripts) {
        this.scripts = scripts;
        return this;
    }

    /** Returns the store behind, or opens the books. */
    BackingStore behind(RedisLink link, Scripts scripts, Shards sharding, LearnedClock clock, Deadline startup)
            throws RedisFault {
        if (behind != null) {
            return behind;
        }
        ServerCheck.adviseOnFiles(link, startup);
        Books opened = new Books(RedisJournal.open(link, scripts, sharding, clock, books, startup), clock);
        opened.open(startup);
        return opened;
    }

    int shards() {
        return shards == null ? defaultShards : shards;
    }

    /**
     * Connects, and looks whether the server can keep counters.
     *
     * @throws QuotaUnavailableException when Redis cannot be reached
     * @throws InvalidQuotaArgumentException when its settings would lose counters; it says what to set
     */
    public RedisQuotaStore build() {
        Deadline startup = Deadline.after(startupTimeout);
        RedisLink link;
        try {
            link = connecting.connect(startup);
        } catch (RedisFault e) {
            throw notStarted(e);
        }
        try {
            return new RedisQuotaStore(this, link, startup);
        } catch (RedisFault e) {
            link.close();
            throw notStarted(e);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    private QuotaUnavailableException notStarted(RedisFault fault) {
        return new QuotaUnavailableException(
                "store " + RedisQuotaStore.NAME + " could not start on " + connecting.address()
                        + " within its startupTimeout of " + startupTimeout + ": " + fault.getMessage(),
                fault,
                null,
                RedisQuotaStore.NAME);
    }
}
