package io.quotaguard.redis;

import static io.quotaguard.redis.FaultBench.ONE_USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Decision;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis whose memory becomes full, under load (R2, R43)")
class FullMemoryTest {
    private static final long ROOM_BYTES = 200_000;

    @Test
    @DisplayName("R2: calls are unavailable and leave nothing behind, and go on when there is memory again")
    void closedPolicy() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).start(2, 1_000_000);
                Load load = Load.start(bench.guards(), ONE_USER, 4)) {
            for (int n = 0; n < 3; n++) {
                load.awaitAnswers(50);
                redis.ask("CONFIG", "SET", "maxmemory", Long.toString(usedBytes(redis) + ROOM_BYTES));
                load.awaitFailures(50);
                redis.ask("CONFIG", "SET", "maxmemory", "0");
            }
            load.awaitAnswers(50);
            load.stop();
            load.settle();

            assertThat(load.failures()).hasOnlyElementsOfType(QuotaUnavailableException.class);
            assertThat(bench.books(ONE_USER, load).faultsWithoutLoss()).isEmpty();
        }
    }

    @Test
    @DisplayName("R43: under the open policy calls are allowed as degraded, and posted when there is memory again")
    void openPolicy() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).start(1, 100, FailurePolicy.OPEN)) {
            bench.guard().checkAndRecord(Bench.USER, Bench.ARTICLES);
            redis.ask("CONFIG", "SET", "maxmemory", "1");

            Decision decision = bench.guard().checkAndRecord(Bench.USER, Bench.ARTICLES);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.degraded()).isTrue();
            redis.ask("CONFIG", "SET", "maxmemory", "0");

            FaultBench.await("it is posted", () -> bench.used(Bench.USER) == 2);
        }
    }

    private static long usedBytes(EmbeddedRedis redis) {
        return redis.ask("INFO", "memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
                .sum();
    }
}
