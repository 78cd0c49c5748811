package io.quotaguard.redis;

import static io.quotaguard.redis.FaultBench.ONE_USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that stands still, under load (R7, R43, R45)")
class StoppedServerTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    /** The promise is 100 ms; a busy machine may add to it, a hang would add minutes. */
    private static final Duration LATEST = SHORT.plusSeconds(5);

    private static final int THREADS = 8;

    @Test
    @DisplayName("R43, R45: calls end at their deadline, as unknown; the same keys then count once")
    void standsStill() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).timeout(SHORT).start(2, 1_000_000);
                Load load = Load.start(bench.guards(), ONE_USER, THREADS)) {
            for (int n = 0; n < 5; n++) {
                load.awaitAnswers(50);
                redis.pause();
                load.awaitFailures(2 * THREADS);
                redis.resume();
            }
            load.awaitAnswers(50);
            load.stop();
            load.settle();

            assertThat(load.failures())
                    .isNotEmpty()
                    .hasOnlyElementsOfTypes(OutcomeUnknownException.class, QuotaUnavailableException.class);
            assertThat(load.unknown()).isPositive();
            assertThat(load.longest()).isLessThan(LATEST);
            assertThat(bench.books(ONE_USER, load).faultsWithoutLoss()).isEmpty();
        }
    }

    @Test
    @DisplayName("R33: alerts that are in the ledger are delivered all the same")
    void alertsAreClaimed() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Bench bench = new Bench(redis.uri(), 5)) {
            bench.use("all of it", 5);
            bench.store().drain(Bench.deadline());
            redis.pause();
            try {
                assertThat(bench.store().alerts().claim("dispatcher", 10, Duration.ofMinutes(1), Bench.deadline()))
                        .isNotEmpty();
            } finally {
                redis.resume();
            }
        }
    }
}
