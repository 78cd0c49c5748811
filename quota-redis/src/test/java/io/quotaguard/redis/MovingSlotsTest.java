package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testbed.SlotMove;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cluster whose slots move, under load (R1, R7, R42)")
class MovingSlotsTest {
    private static final int SHARDS = 16;
    private static final int MOVES = 12;
    private static final long LIMIT = 100;

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
            int allowedOnTheWay = 0;
            for (int n = 0; n < MOVES; n++) {
                int shard = shards.of(users.get(n % users.size()));
                int slot = cluster.slotOf(shards.shardKey(shard));
                int before = load.allowed();
                cluster.moveSlot(slot, another(cluster, slot));
                allowedOnTheWay += load.allowed() - before;
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
                    "moves %d, uses %d, %d of them meanwhile, calls that failed %d%n",
                    MOVES, load.allowed(), allowedOnTheWay, load.failures().size());

            assertThat(allowedOnTheWay).as("uses while slots were on their way").isPositive();
            assertThat(load.failures()).isEmpty();
            Books books = bench.books(users, load);
            assertThat(books.faultsWithoutLoss()).isEmpty();
            assertThat(books.ledgerUsed()).isEqualTo(LIMIT * users.size());
            assertThat(users).allSatisfy(user -> assertThat(bench.used(user)).isEqualTo(LIMIT));
        }
    }

    @Test
    @DisplayName(
            "R45: while a slot is half moved the subjects of others are decided, and its own as soon as it has moved")
    void othersAreDecided() {
        List<String> users = users(12);
        String moving = users.get(0);
        try (RedisCluster cluster = RedisCluster.start();
                FaultBench bench = FaultBench.on(cluster)
                        .with(builder -> builder.shards(SHARDS))
                        .start(1, LIMIT)) {
            users.forEach(user -> assertThat(use(bench, user)).isTrue());
            bench.store().drain(Bench.deadline());
            Shards shards = new Shards(FaultBench.NAMESPACE, SHARDS);
            List<String> others = users.stream()
                    .filter(user -> shards.of(user) != shards.of(moving))
                    .toList();
            int slot = cluster.slotOf(shards.shardKey(shards.of(moving)));
            SlotMove move = cluster.beginMove(slot, another(cluster, slot));
            assertThat(move.moveKeys(1)).isOne();
            QuotaGuard impatient = bench.guard(bench.store(), Duration.ofSeconds(1));

            assertThatThrownBy(() -> impatient.checkAndRecord(moving, Bench.ARTICLES))
                    .isInstanceOf(QuotaUnavailableException.class);
            assertThat(others)
                    .isNotEmpty()
                    .allSatisfy(user -> assertThat(use(bench, user)).isTrue());

            move.finish();
            FaultBench.await("the slot is found", () -> use(bench, moving));
            assertThat(bench.used(moving)).isEqualTo(2);
        }
    }

    private static boolean use(FaultBench bench, String user) {
        return bench.guard().checkAndRecord(user, Bench.ARTICLES).allowed();
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
