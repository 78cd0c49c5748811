package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The pause after a post that failed (R10, R45)")
class PostPauseTest {
    private static final Duration SHORTEST = Duration.ofMillis(250);

    private EmbeddedRedis redis;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private void awaitDrained(Bench bench) {
        Bench.await(() -> bench.store().drainLag(deadline()).entries() == 0);
    }

    /** Has uses decided, and looks that the ledger is not asked more often than pauses go into the time that it takes. */
    private static void useWhileAway(Bench bench, int rounds, int users) {
        long begun = System.nanoTime();
        bench.behind().away(true);
        for (int round = 0; round < rounds; round++) {
            for (int user = 0; user < users; user++) {
                use(bench, "user-" + user, "key-" + round);
            }
        }
        Bench.await(() -> bench.behind().refusedToDrainers() > 0);
        long pauses = (System.nanoTime() - begun) / SHORTEST.toNanos();
        assertThat(bench.behind().refusedToDrainers()).isLessThanOrEqualTo((int) pauses + 1);
        bench.behind().away(false);
    }

    private static void use(Bench bench, String user, String key) {
        try {
            assertThat(bench.useBy(user, key).allowed()).isTrue();
        } catch (QuotaUnavailableException e) {
            // What was loaded in the first seconds of a shard falls after a while; it can only be loaded when it is
            // posted.
            assertThat(e).hasMessageContaining("could not be posted to");
        }
    }

    @Test
    @DisplayName(
            "R10: while the ledger is away uses do not have the backlog read and posted again and again; then it is posted")
    void waitsAfterAFailure() {
        try (Bench bench = new Bench(redis.uri(), 1000)) {
            use(bench, "user-0", "first");
            awaitDrained(bench);

            useWhileAway(bench, 100, 1);

            awaitDrained(bench);
        }
    }

    @Test
    @DisplayName("R10: a ledger that is away is left alone by all shards, not only by the one whose post failed")
    void allShards() {
        try (Bench bench = new Bench(redis.uri(), 1000, builder -> builder.shards(32))) {
            for (int user = 0; user < 48; user++) {
                use(bench, "user-" + user, "first");
            }
            awaitDrained(bench);

            useWhileAway(bench, 2, 48);

            awaitDrained(bench);
        }
    }

    @Test
    @DisplayName(
            "R42: who needs what was decided in the ledger has it posted at once, and a post that is taken ends the pause")
    void readersDoNotWait() {
        try (Bench bench = new Bench(redis.uri(), 1000)) {
            bench.use("first", 1);
            awaitDrained(bench);
            bench.behind().away(true);
            bench.use("a", 1);
            Bench.await(() -> bench.behind().refused() > 0);
            int tries = bench.behind().refused();
            for (int n = 0; n < 20; n++) {
                assertThatThrownBy(() -> bench.store().drain(deadline())).isInstanceOf(QuotaUnavailableException.class);
            }
            assertThat(bench.behind().refused()).isGreaterThanOrEqualTo(tries + 20);

            bench.behind().away(false);
            assertThat(bench.used()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("R10: a store that is closed in a pause posts what is left")
    void closedInAPause() {
        try (Bench bench = new Bench(redis.uri(), 1000)) {
            bench.use("first", 1);
            awaitDrained(bench);
            bench.behind().away(true);
            bench.use("a", 1);
            // The third pause is of a second.
            Bench.await(() -> bench.behind().refused() >= 3);

            bench.behind().away(false);
            bench.store().close();

            assertThat(bench.keysBehind()).containsExactlyInAnyOrder("first", "a");
        }
    }
}
