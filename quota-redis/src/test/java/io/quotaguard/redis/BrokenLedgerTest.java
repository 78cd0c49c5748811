package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A ledger's store that throws an Error when it is posted to (E3, R42)")
class BrokenLedgerTest {
    private final Error planted = new LinkageError("planted");

    private EmbeddedRedis redis;
    private Bench bench;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = new Bench(redis.uri(), 1000);
        bench.use("first", 1);
        awaitDrained();
        bench.behind().broken(planted);
    }

    @AfterEach
    void stop() {
        bench.behind().broken(null);
        bench.close();
        redis.close();
    }

    private void awaitDrained() {
        Bench.await(() -> bench.store().drainLag(deadline()).entries() == 0);
    }

    @Test
    @DisplayName("R42: does not end the drainer, which posts everything once the ledger is well")
    void drainerGoesOn() {
        bench.use("a", 1);
        Bench.await(() -> bench.behind().refused() > 0);

        bench.behind().broken(null);

        awaitDrained();
        assertThat(bench.keysBehind()).containsExactlyInAnyOrder("first", "a");
    }

    @Test
    @DisplayName("E3: does not reach a caller whose use is recorded and waits for its alerts")
    void callerIsAnswered() {
        assertThat(bench.use("a", 900).allowed()).isTrue();

        bench.behind().broken(null);
        awaitDrained();
        assertThat(bench.guard().alerts().list(Bench.USER, 0, 10)).hasSize(1);
    }

    @Test
    @DisplayName("R43: is told as unavailable to who needs what was decided in the ledger")
    void readerIsTold() {
        bench.use("a", 1);

        assertThatThrownBy(() -> bench.store().drain(deadline()))
                .isInstanceOf(QuotaUnavailableException.class)
                .hasCause(planted);
    }
}
