package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.USER;
import static io.quotaguard.redis.Bench.deadline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisDurability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that loses what it knew (F1)")
class StateLossTest {
    private EmbeddedRedis redis;
    private Bench bench;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = new Bench(redis.uri(), 5);
    }

    @AfterEach
    void stop() {
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName("F1: after FLUSHALL the counters are the ledger's, and keys from before it are known")
    void flushed() {
        bench.use("a", 3);
        bench.store().drain(deadline());

        redis.ask("FLUSHALL");

        assertThat(bench.use("a", 3).replayed()).isTrue();
        assertThat(bench.use("b", 2).allowed()).isTrue();
        assertThat(bench.use("c", 1).allowed()).isFalse();
        assertThat(bench.used()).isEqualTo(5);
        assertThat(bench.rows()).hasSize(2);
    }

    @Test
    @DisplayName("F1: a server that comes back empty is noticed, and decides on by the ledger")
    void restartedEmpty() {
        bench.use("a", 3);
        bench.store().drain(deadline());

        redis.restartEmpty();

        Bench.await(() -> bench.guard().check(USER, ARTICLES).allowed());
        assertThat(bench.use("c", 3).allowed()).isFalse();
        assertThat(bench.use("b", 2).allowed()).isTrue();
        assertThat(bench.used()).isEqualTo(5);
    }

    @Test
    @DisplayName("F1: a server that throws keys away to make room is refused, and the error says what to set")
    void evictingServer() {
        redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");

        assertThatThrownBy(bench::node)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("allkeys-lru")
                .hasMessageContaining("maxmemory-policy noeviction");
    }

    @Test
    @DisplayName("R2: a server without memory decides nothing, and goes on when it has some")
    void outOfMemory() {
        bench.use("a", 1);
        redis.ask("CONFIG", "SET", "maxmemory", "1");

        assertThatThrownBy(() -> bench.use("b", 1)).isInstanceOf(QuotaUnavailableException.class);
        redis.ask("CONFIG", "SET", "maxmemory", "0");

        assertThat(bench.use("b", 1).replayed()).isFalse();
        assertThat(bench.used()).isEqualTo(2);
    }

    @Test
    @DisplayName("R10: what was acknowledged survives a crash of a server that forces its writes to disk")
    void crashed() {
        try (EmbeddedRedis durable = EmbeddedRedis.start(RedisDurability.ALWAYS);
                Bench crashing = new Bench(durable.uri(), 5)) {
            crashing.behind().away(true);
            crashing.use("a", 3);
            durable.kill();
            durable.restart();
            crashing.behind().away(false);

            Bench.await(() -> crashing.used() == 3);
            assertThat(crashing.use("a", 3).replayed()).isTrue();
        }
    }
}
