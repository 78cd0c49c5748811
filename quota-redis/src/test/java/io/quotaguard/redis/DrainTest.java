package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.USER;
import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Alert;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is decided, on its way into the ledger (R10, R28, R42)")
class DrainTest {
    private EmbeddedRedis redis;
    private Bench bench;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = new Bench(redis.uri(), 1000, builder -> builder.maxBacklog(400));
        bench.use("first", 1);
    }

    @AfterEach
    void stop() {
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName("R42: what was decided comes into the ledger by itself, soon")
    void drainsByItself() {
        bench.use("a", 1);

        awaitDrained();

        assertThat(bench.rows()).hasSize(2);
    }

    private void awaitDrained() {
        Bench.await(() -> bench.store().drainLag(deadline()).entries() == 0);
    }

    @Test
    @DisplayName("R10: while the ledger is away uses are decided on, the lag shows, and nothing is lost")
    void ledgerAway() {
        awaitDrained();
        bench.behind().away(true);
        for (int n = 0; n < 300; n++) {
            assertThat(bench.use("key-" + n, 1).allowed()).isTrue();
        }
        assertThat(bench.use("key-0", 1).replayed()).isTrue();

        DrainLag lag = bench.store().drainLag(deadline());
        assertThat(lag.entries()).isEqualTo(300);
        assertThat(lag.oldest()).isPositive();

        bench.behind().away(false);
        awaitDrained();
        assertThat(bench.used()).isEqualTo(301);
        assertThat(bench.rows()).hasSize(301);
    }

    @Test
    @DisplayName("F1: when too much waits for the ledger, nothing more is decided until it is posted")
    void backlogIsBounded() {
        awaitDrained();
        bench.behind().away(true);
        for (int n = 0; n < 400; n++) {
            bench.use("key-" + n, 1);
        }

        assertThatThrownBy(() -> bench.use("one more", 1))
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("waits for the ledger");

        bench.behind().away(false);
        awaitDrained();
        assertThat(bench.use("one more", 1).replayed()).isFalse();
        assertThat(bench.used()).isEqualTo(402);
    }

    @Test
    @DisplayName("R7: posts whose answers are lost are repeated, and counted once")
    void lostAnswersOfTheLedger() {
        awaitDrained();
        bench.behind().losesAnswers(true);
        bench.use("a", 2);
        bench.use("b", 3);
        assertThatThrownBy(() -> bench.store().drain(deadline())).isInstanceOf(QuotaUnavailableException.class);

        bench.behind().losesAnswers(false);

        assertThat(bench.used()).isEqualTo(6);
        assertThat(bench.rows()).hasSize(3);
    }

    @Test
    @DisplayName("R28: alerts of uses that were decided while the ledger was away fire when it is back, once each")
    void alertsComeLater() {
        awaitDrained();
        bench.behind().away(true);
        for (int n = 0; n < 4; n++) {
            bench.use("key-" + n, 249);
        }

        bench.behind().away(false);
        awaitDrained();

        assertThat(bench.guard().alerts().list(USER, 0, 10))
                .extracting(Alert::threshold)
                .containsExactly(80, 95);
    }

    @Test
    @DisplayName("R42: what the ledger does not take is set aside for people, and holds up nothing")
    void refusedByTheLedger() {
        awaitDrained();
        bench.behind().away(true);
        bench.use("a", 2);
        // The key is used for something else, past the store that decides: this must not be done, and must not stop the
        // rest.
        Line other = new Entitlements(bench.behind().catalog(), 10)
                .resolve(USER, ARTICLES, 7, Instant.now(), deadline())
                .lines()
                .get(0);
        bench.behind().execute(List.of(new Command(Operation.POST, "a", List.of(other), Map.of())), deadline());
        bench.use("b", 3);

        bench.behind().away(false);
        awaitDrained();

        assertThat(bench.rows()).hasSize(3);
        assertThat(bench.store().drainLag(deadline()).setAside()).isEqualTo(1);
    }
}
