package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.redis.books.Books;
import io.quotaguard.redis.books.TestBooks;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisDurability;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Redis that keeps everything itself, and loses it (F1)")
class AloneLossTest {
    private static final String JOURNAL = new Shards("alone", 1).journalKey();

    /** Not so many that entries are crossed out of themselves, and so many that twice as many are. */
    private static final int HOLDS = 40;

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
    @DisplayName("F1: who opened books that are gone crosses nothing out of those that were begun since")
    void crossesOutOfHisOwnBooks() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                AloneBench bench = new AloneBench(redis, 5)) {
            redis.ask("FLUSHALL");
            RedisQuotaStore anew = bench.node(bench.builder().beginIfEmpty());
            bench.guard(anew).plans().setDefault(null, Change.by("test"));
            String entries = redis.ask("XLEN", JOURNAL);

            TestBooks.crossOut(books(bench.store()), TestBooks.history(books(anew)), 1);

            assertThat(redis.ask("XLEN", JOURNAL)).isEqualTo(entries);
        }
    }

    private static Books books(RedisQuotaStore store) {
        return (Books) store.behind();
    }

    @Test
    @DisplayName("R42: what changed nothing before a loss does not take with it what has its number since")
    void numbersAreGivenAgain() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(RedisDurability.NONE);
                AloneBench bench = new AloneBench(redis, HOLDS)) {
            redis.ask("SAVE");
            refuse(bench, HOLDS);
            redis.kill();
            redis.restart();
            Bench.await(() -> AloneBench.used(bench.guard()) == 0);

            for (int n = 0; n < HOLDS; n++) {
                assertThat(reserve(bench, 1)).isTrue();
            }
            refuse(bench, HOLDS);

            QuotaGuard later = bench.guard(bench.node(bench.builder()));
            assertThat(later.overview(AloneBench.USER)
                            .feature(AloneBench.ARTICLES)
                            .orElseThrow()
                            .counter()
                            .held())
                    .isEqualTo(HOLDS);
        }
    }

    private static void refuse(AloneBench bench, int times) {
        for (int n = 0; n < times; n++) {
            assertThat(reserve(bench, HOLDS + 1)).isFalse();
        }
    }

    private static boolean reserve(AloneBench bench, long amount) {
        return bench.guard()
                .reserve(Usage.of(AloneBench.USER, AloneBench.ARTICLES).amount(amount), Duration.ofHours(1))
                .decision()
                .allowed();
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
