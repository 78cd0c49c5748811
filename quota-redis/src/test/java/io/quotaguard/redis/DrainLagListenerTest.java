package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A listener to the drain's lag (R42)")
class DrainLagListenerTest {
    private static final Duration AGE = Duration.ofMillis(200);

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<DrainLag> lags = new CopyOnWriteArrayList<>();
    private EmbeddedRedis redis;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private final class Recording implements DrainLagListener {
        @Override
        public void onLag(DrainLag lag) {
            lags.add(lag);
            told.add("behind");
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void onCaughtUp(DrainLag lag) {
            lags.add(lag);
            told.add("caught up");
        }

        @Override
        public void onSetAside(DrainLag lag) {
            lags.add(lag);
            told.add("set aside");
        }
    }

    @Test
    @DisplayName("R42: it is told once when the ledger stops, and once when it has caught up, whatever it throws")
    void ledgerAway() {
        try (Bench bench = new Bench(redis.uri(), 100, builder -> builder.drainLagListener(AGE, new Recording()))) {
            for (int round = 0; round < 2; round++) {
                told.clear();
                lags.clear();
                bench.behind().away(true);
                bench.use("one-" + round, 1);
                bench.use("two-" + round, 1);
                Bench.await(() -> !told.isEmpty());

                bench.behind().away(false);
                Bench.await(() -> told.size() > 1);

                assertThat(told).containsExactly("behind", "caught up");
                assertThat(lags.get(0).entries()).isEqualTo(2);
                assertThat(lags.get(0).oldest()).isGreaterThan(AGE);
                assertThat(lags.get(1).oldest()).isLessThanOrEqualTo(AGE);
            }
        }
    }

    @Test
    @DisplayName("R42: it is told of what is set aside, once, and again when there is more")
    void setAside() {
        String stream = new Shards("bench", 1).refusedKey(0);
        try (Bench bench = new Bench(redis.uri(), 100, builder -> builder.drainLagListener(AGE, new Recording()))) {
            for (int n = 1; n <= 2; n++) {
                redis.ask("XADD", stream, "*", "t", "1", "b", "a use");
                int times = n;
                Bench.await(() -> told.size() >= times);

                assertThat(lags.get(n - 1).setAside()).isEqualTo(n);
                assertThat(bench.store().drainLag(Bench.deadline()).setAside()).isEqualTo(n);
            }
            assertThat(told).containsExactly("set aside", "set aside");
        }
    }

    @Test
    @DisplayName("R45: an age that is none is refused")
    void badAge() {
        assertThatThrownBy(() ->
                        new Bench(redis.uri(), 1, builder -> builder.drainLagListener(Duration.ZERO, new Recording())))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("R45");
    }
}
