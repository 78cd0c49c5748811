package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisDurability;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that keeps everything itself, and loses it (F1)")
class AloneLossTest {
    @Test
    @DisplayName("F1: an emptied Redis gives nobody a fresh quota: it refuses until the host says that it begins anew")
    void emptied() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                AloneBench bench = new AloneBench(redis, 5)) {
            bench.use("a", 5);
            bench.store().drain(AloneBench.deadline());

            redis.ask("FLUSHALL");

            assertThatThrownBy(() -> bench.use("b", 1))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("the books that were opened are not in Redis any more");
            assertThatThrownBy(() -> bench.builder().build())
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("beginIfEmpty()");
            QuotaGuard anew = bench.guard(bench.node(bench.builder().beginIfEmpty()));
            assertThat(anew.plans().get("free")).isEmpty();
            assertThatThrownBy(() -> bench.use("b", 1)).isInstanceOf(QuotaUnavailableException.class);
        }
    }

    @Test
    @DisplayName("R10: a restart from a complete file loses nothing, neither for who was there nor for who comes")
    void restarted() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.ALWAYS);
                AloneBench bench = new AloneBench(redis, 5)) {
            bench.use("a", 3);

            redis.kill();
            redis.restart();

            Bench.await(() -> bench.use("a", 3).replayed());
            assertThat(bench.use("b", 3).allowed()).isFalse();
            QuotaGuard other = bench.guard(bench.node(bench.builder()));
            assertThat(AloneBench.use(other, "a", 3).replayed()).isTrue();
            assertThat(AloneBench.use(other, "c", 2).allowed()).isTrue();
            assertThat(AloneBench.used(bench.guard())).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("F1: after a restart from an older file all nodes go on from what the file has, and from nothing else")
    void olderFile() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.NONE);
                AloneBench bench = new AloneBench(redis, 5)) {
            QuotaGuard other = bench.guard(bench.node(bench.builder()));
            bench.use("a", 2);
            bench.store().drain(AloneBench.deadline());
            redis.ask("SAVE");
            bench.use("lost", 3);
            assertThat(AloneBench.used(other)).isEqualTo(5);

            redis.kill();
            redis.restart();

            Bench.await(() -> AloneBench.used(other) == 2);
            assertThat(AloneBench.use(other, "a", 2).replayed()).isTrue();
            assertThat(AloneBench.use(other, "b", 4).allowed()).isFalse();
            assertThat(AloneBench.use(other, "b", 3).allowed()).isTrue();
            assertThat(AloneBench.used(bench.guard())).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("H5: books that are full refuse, and go on when there is room")
    void full() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                AloneBench bench = new AloneBench(redis, 100)) {
            // The plan, and that it is the default.
            QuotaGuard bounded = bench.guard(bench.node(bench.builder().maxEntries(2)));
            Usage one = Usage.of(AloneBench.USER, AloneBench.ARTICLES);

            assertThatThrownBy(() -> bounded.reserve(one, Duration.ofMinutes(1)))
                    .isInstanceOf(QuotaCapacityException.class)
                    .hasMessageContaining("maxEntries");

            QuotaGuard roomy = bench.guard(bench.node(bench.builder().maxEntries(3)));
            assertThat(roomy.reserve(one, Duration.ofMinutes(1)).id()).isNotEmpty();
        }
    }

    @Test
    @DisplayName("F1: what the books are told is refused where another store keeps them")
    void onlyAlone() {
        try (InMemoryQuotaStore memory = new InMemoryQuotaStore()) {
            assertThatThrownBy(() -> TestRedis.single().inFrontOf(memory).beginIfEmpty())
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("store memory keeps the books");
            assertThatThrownBy(() -> TestRedis.single().alone().maxEntries(0))
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("maxEntries");
        }
    }
}
