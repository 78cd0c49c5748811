package io.quotaguard.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Guards on a Redis that keeps everything itself, on clocks that run; and a plan of so many articles. */
final class AloneBench implements AutoCloseable {
    static final String USER = "user-42";
    static final String ARTICLES = "articles";
    private static final Change BY_TEST = Change.by("test");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final RedisClient client = RedisClient.create();
    private final RedisURI uri;
    private final RedisQuotaStore store;
    private final QuotaGuard guard;

    AloneBench(EmbeddedRedis redis, long articles) {
        uri = RedisURI.create(redis.uri());
        opened.push(client::shutdown);
        store = node(builder().beginIfEmpty());
        guard = guard(store);
        guard.plans()
                .create(
                        Plan.named("free")
                                .limit(ARTICLES, articles, ResetPeriod.NEVER)
                                .build(),
                        BY_TEST);
        guard.plans().setDefault("free", BY_TEST);
    }

    RedisQuotaStoreBuilder builder() {
        return RedisQuotaStore.alone(client, uri).namespace("alone");
    }

    RedisQuotaStore node(RedisQuotaStoreBuilder builder) {
        RedisQuotaStore node = builder.build();
        opened.push(node::close);
        return node;
    }

    QuotaGuard guard(RedisQuotaStore over) {
        QuotaGuard made = QuotaGuard.builder(over).timeout(PATIENCE).build();
        opened.push(made::close);
        return made;
    }

    QuotaGuard guard() {
        return guard;
    }

    RedisQuotaStore store() {
        return store;
    }

    Decision use(String key, long amount) {
        return use(guard, key, amount);
    }

    static Decision use(QuotaGuard by, String key, long amount) {
        return by.checkAndRecord(Usage.of(USER, ARTICLES).amount(amount).key(key));
    }

    /** Returns what the overview says is used. */
    static long used(QuotaGuard by) {
        return by.overview(USER)
                .feature(ARTICLES)
                .map(FeatureUsage::counter)
                .orElseThrow()
                .used();
    }

    static Deadline deadline() {
        return Deadline.after(PATIENCE);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
