package io.quotaguard.redis;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.quotaguard.QuotaGuard;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Nodes on one Redis or cluster, in front of a ledger, on clocks that run; and a plan of so many articles for everybody. */
final class FaultBench implements AutoCloseable {
    /** A cluster whose master is gone takes a while to be found again. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    static final String NAMESPACE = "faults";
    static final List<String> ONE_USER = List.of(Bench.USER);

    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final List<QuotaGuard> guards = new ArrayList<>();
    private final List<RedisQuotaStore> stores = new ArrayList<>();
    private Function<BackingStore, RedisQuotaStoreBuilder> redis = behind -> {
        throw new IllegalStateException("say which Redis");
    };
    private BackingStore behind;
    private UnaryOperator<RedisQuotaStoreBuilder> settings = builder -> builder;
    private Duration timeout = Duration.ofSeconds(20);
    private Integer[] thresholds = {};

    private FaultBench() {
        InMemoryQuotaStore memory = new InMemoryQuotaStore();
        opened.push(memory::close);
        behind = memory;
    }

    static FaultBench on(String uri) {
        return new FaultBench().nextNodesOn(uri);
    }

    /** Has the nodes that are added from now on go by another address. */
    FaultBench nextNodesOn(String uri) {
        RedisClient client = RedisClient.create();
        opened.push(client::shutdown);
        redis = behind -> RedisQuotaStore.inFrontOf(behind, client, RedisURI.create(uri));
        return this;
    }

    static FaultBench on(RedisCluster cluster) {
        FaultBench bench = new FaultBench();
        RedisClusterClient client = RedisClusterClient.create(
                cluster.uris().stream().map(RedisURI::create).toList());
        bench.opened.push(client::shutdown);
        bench.redis = behind -> RedisQuotaStore.inFrontOf(behind, client);
        return bench;
    }

    /** Has the ledger kept by this server; else it is in memory. */
    FaultBench ledgerIn(EmbeddedPostgres postgres) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.createDatabase());
        config.setMaximumPoolSize(8);
        // As the store advises on its start: a call waits so long for each connection that is dead.
        config.setValidationTimeout(250);
        HikariDataSource pool = new HikariDataSource(config);
        opened.push(pool::close);
        QuotaSchema.migrate(pool);
        JdbcQuotaStore store = JdbcQuotaStore.create(pool);
        opened.push(store::close);
        behind = store;
        return this;
    }

    /** Decides in front of what this makes of the ledger. */
    FaultBench ledgerIn(UnaryOperator<BackingStore> wrapped) {
        behind = wrapped.apply(behind);
        return this;
    }

    /** Puts a gate before the ledger as it is now; returns the gate. */
    GatedLedger gateLedger() {
        GatedLedger gated = new GatedLedger(behind);
        behind = gated;
        return gated;
    }

    FaultBench with(UnaryOperator<RedisQuotaStoreBuilder> settings) {
        this.settings = settings;
        return this;
    }

    FaultBench timeout(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    /** Has alerts fired at these percentages of the limit; else none are. */
    FaultBench alertAt(Integer... percents) {
        this.thresholds = percents.clone();
        return this;
    }

    /** Starts so many nodes, and gives everybody so many articles for ever. */
    FaultBench start(int nodes, long articles) {
        return start(nodes, articles, FailurePolicy.CLOSED);
    }

    FaultBench start(int nodes, long articles, FailurePolicy policy) {
        for (int n = 0; n < nodes; n++) {
            addNode();
        }
        PlanFeature feature = PlanFeature.of(Bench.ARTICLES, Limit.of(articles), ResetPeriod.NEVER)
                .thresholds(thresholds)
                .onFailure(policy);
        guard().plans().create(Plan.named("free").feature(feature).build(), Bench.BY_TEST);
        guard().plans().setDefault("free", Bench.BY_TEST);
        return this;
    }

    /** Starts one more node. */
    QuotaGuard addNode() {
        RedisQuotaStore store =
                settings.apply(redis.apply(behind).namespace(NAMESPACE)).build();
        opened.push(store::close);
        stores.add(store);
        guards.add(guard(store, timeout));
        return guards.get(guards.size() - 1);
    }

    QuotaGuard guard(RedisQuotaStore over, Duration timeout) {
        QuotaGuard made = QuotaGuard.builder(over).timeout(timeout).build();
        opened.push(made::close);
        return made;
    }

    QuotaGuard guard() {
        return guards.get(0);
    }

    List<QuotaGuard> guards() {
        return guards;
    }

    RedisQuotaStore store() {
        return stores.get(0);
    }

    /** Closes the books of these subjects: everything that was decided is in the ledger by then. */
    Books books(List<String> subjects, Load load) {
        await("all that was decided is in the ledger", () -> {
            store().drain(deadline());
            return true;
        });
        List<String> rows = new ArrayList<>();
        long ledgerUsed = 0;
        long redisUsed = 0;
        for (String subject : subjects) {
            redisUsed += guard().check(subject, Bench.ARTICLES).used();
            ledgerUsed += used(subject);
            rows(subject).forEach(row -> rows.add(row.key()));
        }
        return new Books(rows, ledgerUsed, redisUsed, load.told());
    }

    /** Returns what the ledger's counter says. */
    long used(String subject) {
        return guard().overview(subject)
                .feature(Bench.ARTICLES)
                .map(FeatureUsage::counter)
                .orElseThrow()
                .used();
    }

    private List<UsageRecord> rows(String subject) {
        UsageQuery query = UsageQuery.of(subject).pageSize(UsageQuery.MAX_PAGE_SIZE);
        List<UsageRecord> all = new ArrayList<>();
        List<UsageRecord> page = guard().usage().records(query);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = guard().usage()
                    .records(query.before(page.get(page.size() - 1).id()));
        }
        return all;
    }

    static Deadline deadline() {
        return Bench.deadline();
    }

    /** Waits until the condition holds, far longer than anything takes; until then it may also throw, as what is cut off does. */
    static void await(String what, BooleanSupplier condition) {
        await(what, PATIENCE, condition);
    }

    static void await(String what, Duration patience, BooleanSupplier condition) {
        if (!Await.holdsWithin(patience, () -> holds(condition))) {
            throw new AssertionError("waited " + patience + " in vain until " + what);
        }
    }

    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (QuotaException e) {
            return false;
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
