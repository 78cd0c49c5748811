package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -Dquota.redis.start.entries=1000000} plays with so many, and prints what they cost. */
@DisplayName("A node that begins to read the books of a Redis that is alone (R10, H5)")
class AloneStartTest {
    private static final int MOST = Integer.getInteger("quota.redis.start.entries", 10_000);
    private static final Duration PATIENCE = Duration.ofMinutes(9);
    private static final Change BY_TEST = Change.by("test");
    private static final int SUBJECTS = 1_000;
    private static final int PAGE = 1_000;

    @ParameterizedTest
    @ValueSource(ints = {10_000, 100_000, 1_000_000})
    @DisplayName("R10: it has read everything when it is built")
    void readsAllOnce(int entries) {
        if (entries > MOST) {
            return;
        }
        RedisClient client = RedisClient.create();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            long filled = System.nanoTime();
            try (RedisQuotaStore writer = builder(client, redis).beginIfEmpty().build()) {
                fill(writer, entries);
            }
            long begun = System.nanoTime();
            System.out.printf("%,d entries: written in %,d ms%n", entries, (begun - filled) / 1_000_000);
            long before = used();
            begun = System.nanoTime();
            try (RedisQuotaStore node = builder(client, redis).build();
                    QuotaGuard guard =
                            QuotaGuard.builder(node).timeout(PATIENCE).build()) {
                long built = System.nanoTime();
                assertThat(guard.overview("subject-7")
                                .feature("articles")
                                .orElseThrow()
                                .counter()
                                .used())
                        .isEqualTo(entries / SUBJECTS);
                long asked = System.nanoTime();
                System.out.printf(
                        "%,d entries: built in %,d ms, first call %,d ms, %,d MB in the JVM, %s in Redis%n",
                        entries,
                        (built - begun) / 1_000_000,
                        (asked - built) / 1_000_000,
                        (used() - before) >> 20,
                        redis.ask("INFO", "memory")
                                .lines()
                                .filter(l -> l.startsWith("used_memory_human"))
                                .findFirst()
                                .orElse(""));
            }
        } finally {
            client.shutdown();
        }
    }

    private static RedisQuotaStoreBuilder builder(RedisClient client, EmbeddedRedis redis) {
        return RedisQuotaStore.alone(client, RedisURI.create(redis.uri()))
                .namespace("start")
                .maxEntries(2_000_000)
                .startupTimeout(PATIENCE);
    }

    private static void fill(RedisQuotaStore store, int entries) {
        try (QuotaGuard guard = QuotaGuard.builder(store).timeout(PATIENCE).build()) {
            guard.plans()
                    .create(
                            Plan.named("free")
                                    .limit("articles", 1_000_000_000, ResetPeriod.NEVER)
                                    .build(),
                            BY_TEST);
            guard.plans().setDefault("free", BY_TEST);
        }
        BackingStore books = store.behind();
        List<Line> lines = new ArrayList<>();
        for (int subject = 0; subject < SUBJECTS; subject++) {
            lines.add(new Entitlements(books.catalog(), 10)
                    .resolve("subject-" + subject, "articles", 1, Instant.now(), deadline())
                    .lines()
                    .get(0));
        }
        for (int n = 0; n < entries; n += PAGE) {
            List<Decided> page = new ArrayList<>();
            for (int i = 0; i < PAGE; i++) {
                Command use =
                        new Command(Operation.RECORD, "key-" + n + "-" + i, List.of(lines.get(i % SUBJECTS)), Map.of());
                page.add(new Decided(use, Instant.now()));
            }
            books.post(page, deadline());
        }
    }

    private static Deadline deadline() {
        return Deadline.after(PATIENCE);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
