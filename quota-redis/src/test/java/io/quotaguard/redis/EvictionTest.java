package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Usage;
import io.quotaguard.testbed.EmbeddedRedis;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis whose keys vanish one by one, as somebody evicts or deletes them (F1)")
class EvictionTest {
    private static final long LIMIT = 400;
    private static final Shards SHARDS = new Shards(FaultBench.NAMESPACE, 1);

    private EmbeddedRedis redis;
    private FaultBench bench;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri()).start(2, LIMIT);
    }

    @AfterEach
    void stop() {
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName(
            "R1: what was loaded, and what a shard has of its own, is read anew: exactly the limit is allowed, and each use"
                    + " counted once")
    void underLoad() {
        List<String> keys = List.of(
                SHARDS.subjectKey(0, USER), SHARDS.shardKey(0), SHARDS.asideKey(0, USER), SHARDS.subjectKey(0, USER));
        try (Load load = Load.start(bench.guards(), FaultBench.ONE_USER, 4)) {
            load.awaitAnswers(10);
            for (int n = 0; n < 60; n++) {
                redis.ask("DEL", keys.get(n % keys.size()));
                load.awaitAnswers(5);
            }
            FaultBench.await(
                    "all is used up",
                    () -> !bench.guard().check(USER, Bench.ARTICLES).allowed());
            load.stop();
            load.settle();

            Books books = bench.books(FaultBench.ONE_USER, load);
            assertThat(books.faultsWithoutLoss()).isEmpty();
            assertThat(books.ledgerUsed()).isEqualTo(LIMIT);
        }
    }

    @Test
    @DisplayName("R7: the retry of a use whose key is gone is in the ledger once, whatever Redis makes of it")
    void forgottenKeys() {
        Usage use = Usage.of(USER, Bench.ARTICLES).amount(100).key("a");
        bench.guard().checkAndRecord(use);
        bench.store().drain(Bench.deadline());
        UUID any = new UUID(0, 0);
        redis.ask("KEYS", SHARDS.useKey(0, any).replace(any.toString(), "*"))
                .lines()
                .forEach(key -> redis.ask("DEL", key));

        assertThat(bench.guard().checkAndRecord(use).replayed())
                .as("Redis knows the key")
                .isFalse();

        bench.store().drain(Bench.deadline());
        redis.ask("DEL", SHARDS.subjectKey(0, USER));
        assertThat(bench.used(USER)).isEqualTo(100);
    }
}
