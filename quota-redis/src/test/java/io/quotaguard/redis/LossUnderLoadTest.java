package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisDurability;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that loses everything, under load (F1, R1, R7)")
class LossUnderLoadTest {
    private static final int ROUNDS = Integer.getInteger("quota.redis.losses", 3);
    private static final int LOSSES_A_ROUND = 4;
    private static final long LIMIT = 300;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startLedger() {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopLedger() {
        postgres.close();
    }

    @Test
    @DisplayName("F1: after FLUSHALL under load the ledger is never over the limit, and nothing is in it twice")
    void flushed() throws Exception {
        losesUnderLoad(ROUNDS, RedisDurability.EVERY_SECOND, (redis, load) -> redis.ask("FLUSHALL"));
    }

    @Test
    @DisplayName(
            "F1: after a restart with nothing under load the ledger is never over the limit, and nothing is in it twice")
    void restartedEmpty() throws Exception {
        losesUnderLoad(ROUNDS, RedisDurability.EVERY_SECOND, (redis, load) -> redis.restartEmpty());
    }

    @Test
    @DisplayName(
            "F1: after a restart from an older file under load the ledger is never over the limit, and nothing is in it twice")
    void restartedFromAnOlderFile() throws Exception {
        losesUnderLoad(Math.max(1, ROUNDS / 3), RedisDurability.NONE, (redis, load) -> {
            redis.ask("SAVE");
            load.awaitAnswers(20);
            redis.kill();
            redis.restart();
        });
    }

    private static void losesUnderLoad(int rounds, RedisDurability durability, BiConsumer<EmbeddedRedis, Load> loss)
            throws Exception {
        int lost = 0;
        try (EmbeddedRedis redis = EmbeddedRedis.start(durability);
                FaultBench bench = FaultBench.on(redis.uri()).ledgerIn(postgres).start(2, LIMIT)) {
            for (int round = 0; round < rounds; round++) {
                List<String> user = List.of("user-" + round);
                try (Load load = Load.start(bench.guards(), user, 4)) {
                    for (int n = 0; n < LOSSES_A_ROUND; n++) {
                        load.awaitAnswers(40);
                        loss.accept(redis, load);
                    }
                    FaultBench.await(
                            "all is used up",
                            () -> !bench.guard()
                                    .check(user.get(0), Bench.ARTICLES)
                                    .allowed());
                    load.awaitAnswers(50);
                    load.stop();
                    load.settle();
                    Books books = bench.books(user, load);
                    lost = Math.max(lost, books.lost().size());
                    assertThat(books.faults()).isEmpty();
                    assertThat(books.ledgerUsed()).isLessThanOrEqualTo(LIMIT);
                }
            }
        }
        System.out.printf(
                "rounds %d, losses in each %d, at most %d acknowledged uses of a round lost%n",
                rounds, LOSSES_A_ROUND, lost);
    }
}
