package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testbed.RedisDurability;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cluster one of whose servers is silent (R42)")
class SilentServerTest {
    /** A third of them is on each server: waited for one after the other, they took minutes. */
    private static final int SHARDS = 240;

    private static final Duration SOME_ROUNDS = Duration.ofSeconds(60);

    @Test
    @DisplayName("R42: what the others decide is in the ledger soon: the silent one is waited for once a round, not for"
            + " each shard")
    void othersArePosted() {
        List<BackingStore> ledger = new ArrayList<>();
        try (RedisCluster cluster =
                        RedisCluster.start(RedisDurability.EVERY_SECOND, "--cluster-require-full-coverage", "no");
                FaultBench bench = FaultBench.on(cluster)
                        .with(builder -> builder.shards(SHARDS))
                        .ledgerIn(behind -> {
                            ledger.add(behind);
                            return behind;
                        })
                        .start(1, 1000)) {
            EmbeddedRedis silent = cluster.masters().get(0);
            List<String> users = MovingSlotsTest.users(30).stream()
                    .filter(user -> cluster.ownerOf(slotOf(cluster, user)) != silent)
                    .toList();
            users.forEach(user -> use(bench, user));
            silent.pause();
            try {
                users.forEach(user -> use(bench, user));

                assertThat(Await.holdsWithin(
                                SOME_ROUNDS, () -> users.stream().allMatch(user -> posted(ledger.get(0), user) == 2)))
                        .isTrue();
            } finally {
                silent.resume();
            }
        }
    }

    private static int slotOf(RedisCluster cluster, String user) {
        Shards shards = new Shards(FaultBench.NAMESPACE, SHARDS);
        return cluster.slotOf(shards.shardKey(shards.of(user)));
    }

    private static void use(FaultBench bench, String user) {
        assertThat(bench.guard().checkAndRecord(user, Bench.ARTICLES).allowed()).isTrue();
    }

    private static int posted(BackingStore ledger, String user) {
        return ledger.ledger().records(UsageQuery.of(user), Bench.deadline()).size();
    }
}
