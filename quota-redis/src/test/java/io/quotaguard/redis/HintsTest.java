package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.spi.CatalogStore.Registration;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The word that the catalog has changed, from Redis to all nodes (R25)")
class HintsTest {
    private final Semaphore hints = new Semaphore(0);

    @Test
    @DisplayName("R25: a change on one node is a hint on another, until the registration ends")
    void hintArrives() throws Exception {
        hintArrives(TestRedis.single());
    }

    @Test
    @DisplayName("R25: a change on one node is a hint on another of a cluster")
    void hintArrivesOnCluster() throws Exception {
        hintArrives(TestRedis.cluster());
    }

    private void hintArrives(TestRedis redis) throws Exception {
        String namespace = redis.freshNamespace();
        // Stores of their own behind them, so that no hint comes from there.
        try (InMemoryQuotaStore behindOne = new InMemoryQuotaStore();
                InMemoryQuotaStore behindOther = new InMemoryQuotaStore();
                RedisQuotaStore one =
                        redis.inFrontOf(behindOne).namespace(namespace).build();
                RedisQuotaStore other =
                        redis.inFrontOf(behindOther).namespace(namespace).build();
                QuotaGuard guard = QuotaGuard.builder(one).build()) {
            Registration registration = other.catalog().onHint(hints::release);
            awaitHint(); // that it listens now
            savePlan(guard, "a");
            awaitHint();

            Semaphore second = new Semaphore(0);
            other.catalog().onHint(second::release);
            registration.close();
            savePlan(guard, "b");
            assertThat(second.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(hints.availablePermits()).isZero();
        }
    }

    @Test
    @DisplayName(
            "R25: when its connection is cut a node listens on another, and is told that it may have missed something")
    void comesBack() throws Exception {
        RedisClient client = RedisClient.create();
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                InMemoryQuotaStore behind = new InMemoryQuotaStore();
                Bench bench = new Bench(redis.uri(), 5);
                RedisQuotaStore other = RedisQuotaStore.inFrontOf(behind, client, RedisURI.create(redis.uri()))
                        .namespace("bench")
                        .build()) {
            other.catalog().onHint(hints::release);
            awaitHint();
            redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
            awaitHint();
            savePlan(bench.guard(), "a");
            awaitHint();
        } finally {
            client.shutdown();
        }
    }

    @Test
    @DisplayName("R25: a node that may not listen decides on, and does not pile up connections")
    void mayNotListen() {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            redis.ask("ACL", "SETUSER", "deaf", "on", ">secret", "~*", "+@all", "resetchannels");
            String uri = redis.uri().replace("redis://", "redis://deaf:secret@");
            try (FaultBench bench = FaultBench.on(uri).start(1, 5)) {
                long before = clients(redis);
                bench.store().catalog().onHint(hints::release);
                FaultBench.await("it tried more than once", () -> refusedSubscriptions(redis) >= 3);

                assertThat(clients(redis)).isLessThanOrEqualTo(before + 1);
                assertThat(bench.guard()
                                .checkAndRecord(Bench.USER, Bench.ARTICLES)
                                .allowed())
                        .isTrue();

                redis.ask("ACL", "SETUSER", "deaf", "&*");
                FaultBench.await("it listens", hints::tryAcquire);
            }
        }
    }

    private static long clients(EmbeddedRedis redis) {
        return redis.ask("CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains("user=deaf"))
                .count();
    }

    private static long refusedSubscriptions(EmbeddedRedis redis) {
        return redis.ask("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_subscribe:"))
                .map(line -> line.replaceAll(".*rejected_calls=(\\d+).*", "$1"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    @Test
    @DisplayName("R25: a node that looks for changes once an hour hears of one at once, and forgets what it knew")
    void watcherHears() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).ledgerIn(postgres).start(2, 5)) {
            AtomicInteger plans = new AtomicInteger();
            try (QuotaGuard other = QuotaGuard.builder(bench.store())
                    .catalogPollInterval(Duration.ofHours(1))
                    .planChangeListener(change -> hints.release())
                    .build()) {
                FaultBench.await("a change is heard of", () -> {
                    savePlan(bench.guards().get(1), "plan-" + plans.incrementAndGet());
                    return heard();
                });
                assertThat(other.check(Bench.USER, Bench.ARTICLES).allowed()).isTrue();
            }
        }
    }

    private boolean heard() {
        try {
            return hints.tryAcquire(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void savePlan(QuotaGuard guard, String code) {
        guard.plans()
                .create(
                        Plan.named(code)
                                .limit(Bench.ARTICLES, 1, ResetPeriod.NEVER)
                                .build(),
                        Bench.BY_TEST);
    }

    private void awaitHint() throws InterruptedException {
        assertThat(hints.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
}
