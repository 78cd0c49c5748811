package io.quotaguard.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A guard on a store in Redis, in front of a ledger in memory, on clocks that run; and a plan of so many articles. */
final class Bench implements AutoCloseable {
    static final String USER = "user-42";
    static final String ARTICLES = "articles";
    static final Change BY_TEST = Change.by("test");

    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final RedisClient client = RedisClient.create();
    private final LedgerAway behind;
    private final RedisURI uri;
    private final UnaryOperator<RedisQuotaStoreBuilder> settings;
    private final RedisQuotaStore store;
    private final QuotaGuard guard;

    Bench(String uri, long articles) {
        this(uri, articles, builder -> builder);
    }

    Bench(String uri, long articles, UnaryOperator<RedisQuotaStoreBuilder> settings) {
        this.uri = RedisURI.create(uri);
        this.settings = settings;
        opened.push(client::shutdown);
        InMemoryQuotaStore memory = new InMemoryQuotaStore();
        behind = new LedgerAway(memory);
        opened.push(memory::close);
        store = node();
        guard = guard(store, Duration.ofSeconds(20));
        guard.plans()
                .create(
                        Plan.named("free")
                                .limit(ARTICLES, articles, ResetPeriod.NEVER)
                                .build(),
                        BY_TEST);
        guard.plans().setDefault("free", BY_TEST);
    }

    /** Returns one more store of the same data. */
    RedisQuotaStore node() {
        RedisQuotaStore node = settings.apply(
                        RedisQuotaStore.inFrontOf(behind, client, uri).namespace("bench"))
                .build();
        opened.push(node::close);
        return node;
    }

    QuotaGuard guard(RedisQuotaStore over, Duration timeout) {
        QuotaGuard made = QuotaGuard.builder(over).timeout(timeout).build();
        opened.push(made::close);
        return made;
    }

    QuotaGuard guard() {
        return guard;
    }

    RedisQuotaStore store() {
        return store;
    }

    LedgerAway behind() {
        return behind;
    }

    Decision use(String key, long amount) {
        return guard.checkAndRecord(Usage.of(USER, ARTICLES).amount(amount).key(key));
    }

    Decision useBy(String user, String key) {
        return guard.checkAndRecord(Usage.of(user, ARTICLES).key(key));
    }

    /** Returns what the overview says is used. */
    long used() {
        return guard.overview(USER)
                .feature(ARTICLES)
                .map(FeatureUsage::counter)
                .orElseThrow()
                .used();
    }

    List<UsageRecord> rows() {
        return guard.usage().records(UsageQuery.of(USER).pageSize(UsageQuery.MAX_PAGE_SIZE));
    }

    /** Returns the keys of the user's rows in the store behind, whatever is on its way there. */
    List<String> keysBehind() {
        return behind.ledger().records(UsageQuery.of(USER), deadline()).stream()
                .map(UsageRecord::key)
                .toList();
    }

    /** Waits until the condition holds; until then it may also throw, as what is cut off does. */
    static void await(BooleanSupplier condition) {
        Await.until("it comes about", () -> holds(condition));
    }

    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (QuotaException e) {
            return false;
        }
    }

    static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
