package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cluster whose slots move, under load (R1, R7, R42)")
class MovingSlotsTest {
    private static final int SHARDS = 16;
    private static final int MOVES = 12;
    private static final long LIMIT = 60;

    @Test
    @DisplayName("R1: whatever moves, exactly the limit is allowed, and each use is counted once")
    void exactWhileSlotsMove() throws Exception {
        List<String> users = users(12);
        try (RedisCluster cluster = RedisCluster.start();
                FaultBench bench = FaultBench.on(cluster)
                        .with(builder -> builder.shards(SHARDS))
                        .start(2, LIMIT);
                Load load = Load.start(bench.guards(), users, 4)) {
            load.awaitAnswers(100);
            Shards shards = new Shards(FaultBench.NAMESPACE, SHARDS);
            for (int n = 0; n < MOVES; n++) {
                int shard = shards.of(users.get(n % users.size()));
                int slot = cluster.slotOf(shards.shardKey(shard));
                cluster.moveSlot(slot, another(cluster, slot));
                load.awaitAnswers(20);
            }
            FaultBench.await(
                    "all is used up",
                    () -> users.stream()
                            .noneMatch(user ->
                                    bench.guard().check(user, Bench.ARTICLES).allowed()));
            load.stop();
            load.settle();
            System.out.printf(
                    "moves %d, uses %d, calls that failed %d, of which unknown %d%n",
                    MOVES, load.allowed(), load.failures().size(), load.unknown());

            Books books = bench.books(users, load);
            assertThat(books.faultsWithoutLoss()).isEmpty();
            assertThat(books.ledgerUsed()).isEqualTo(LIMIT * users.size());
            assertThat(users).allSatisfy(user -> assertThat(bench.used(user)).isEqualTo(LIMIT));
        }
    }

    private static EmbeddedRedis another(RedisCluster cluster, int slot) {
        EmbeddedRedis owner = cluster.ownerOf(slot);
        List<EmbeddedRedis> masters = cluster.masters();
        return masters.get((masters.indexOf(owner) + 1) % masters.size());
    }

    static List<String> users(int count) {
        List<String> users = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            users.add("user-" + n);
        }
        return users;
    }
}
