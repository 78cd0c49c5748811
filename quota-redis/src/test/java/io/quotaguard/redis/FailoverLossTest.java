package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testbed.RedisDurability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DisplayName("A replica that takes over from a master, under load (F1, R7)")
@EnabledIfSystemProperty(
        named = "quota.redis.failovers",
        matches = "[0-9]+",
        disabledReason = "takes minutes: -Dquota.redis.failovers=N")
class FailoverLossTest {
    private static final int ROUNDS = Integer.getInteger("quota.redis.failovers", 2);
    private static final int USERS = 8;
    private static final int SHARDS = 16;
    private static final long LIMIT = 60;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** The promise is 100 ms; a busy machine may add to it, a hang would add minutes. */
    private static final Duration LATEST = TIMEOUT.plusSeconds(5);

    private RedisCluster cluster;

    @BeforeEach
    void start() {
        cluster = RedisCluster.startWithReplicas(RedisDurability.EVERY_SECOND);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @DisplayName("R7: after kill -9 of masters nothing is in the ledger twice; what was lost is told")
    void killed() throws Exception {
        failsOver(EmbeddedRedis::kill, EmbeddedRedis::restart);
    }

    @Test
    @DisplayName("R7: after masters stood still nothing is in the ledger twice; what was lost is told")
    void stoodStill() throws Exception {
        failsOver(EmbeddedRedis::pause, EmbeddedRedis::resume);
    }

    private void failsOver(Consumer<EmbeddedRedis> fail, Consumer<EmbeddedRedis> comeBack) throws Exception {
        int mostLost = 0;
        long mostOver = 0;
        long longestNanos = 0;
        Duration longestCall = Duration.ZERO;
        try (FaultBench bench = FaultBench.on(cluster)
                .with(builder -> builder.shards(SHARDS))
                .timeout(TIMEOUT)
                .start(2, LIMIT)) {
            for (int round = 0; round < ROUNDS; round++) {
                List<String> users = users(round);
                try (Load load = Load.start(bench.guards(), users, 4)) {
                    load.awaitAnswers(100);
                    EmbeddedRedis master = ownerOf(users.get(0));
                    fail.accept(master);
                    cluster.takeOver(master);
                    long began = System.nanoTime();
                    FaultBench.await("every user is answered again", () -> isAnswered(bench, users));
                    longestNanos = Math.max(longestNanos, System.nanoTime() - began);
                    FaultBench.await(
                            "all is used up",
                            () -> users.stream()
                                    .noneMatch(user -> bench.guard()
                                            .check(user, Bench.ARTICLES)
                                            .allowed()));
                    comeBack.accept(master);
                    cluster.awaitHealthy();
                    load.stop();
                    load.settle();
                    longestCall = load.longest().compareTo(longestCall) > 0 ? load.longest() : longestCall;
                    Books books = bench.books(users, load);
                    mostLost = Math.max(mostLost, books.lost().size());
                    for (String user : users) {
                        mostOver = Math.max(mostOver, bench.used(user) - LIMIT);
                    }
                    assertThat(books.faults()).isEmpty();
                    assertThat(load.longest()).isLessThan(LATEST);
                }
            }
        }
        System.out.printf(
                "failovers %d, at most %d acknowledged uses lost from the ledger, at most %d over the limit,"
                        + " everybody answered again within %d ms, the longest call took %d ms%n",
                ROUNDS, mostLost, mostOver, TimeUnit.NANOSECONDS.toMillis(longestNanos), longestCall.toMillis());
    }

    /** Every check throws, or is answered. */
    private static boolean isAnswered(FaultBench bench, List<String> users) {
        users.forEach(user -> bench.guard().check(user, Bench.ARTICLES));
        return true;
    }

    private EmbeddedRedis ownerOf(String user) {
        Shards shards = new Shards(FaultBench.NAMESPACE, SHARDS);
        return cluster.ownerOf(cluster.slotOf(shards.shardKey(shards.of(user))));
    }

    private static List<String> users(int round) {
        List<String> users = new ArrayList<>();
        for (int n = 0; n < USERS; n++) {
            users.add("user-" + round + "-" + n);
        }
        return users;
    }
}
