package io.quotaguard.redis;

import static io.quotaguard.redis.FaultBench.ONE_USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedRedis;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that forgets its scripts, under load (R1, R7)")
class ForgottenScriptsTest {
    private static final int FLUSHES = 40;

    @Test
    @DisplayName("R1: no call fails while scripts are flushed again and again")
    void noCallFails() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).start(2, 1_000_000);
                Load load = Load.start(bench.guards(), ONE_USER, 4)) {
            for (int n = 0; n < FLUSHES; n++) {
                redis.ask("SCRIPT", "FLUSH");
                load.awaitAnswers(5);
            }
            load.stop();

            assertThat(load.failures()).isEmpty();
            assertThat(bench.books(ONE_USER, load).faultsWithoutLoss()).isEmpty();
        }
    }
}
