package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@DisplayName("A Redis Cluster of three masters")
@DisabledIfEnvironmentVariable(
        named = RedisServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class RedisClusterTest {
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @BeforeEach
    void clear() {
        cluster.nodes().forEach(node -> node.ask("FLUSHALL"));
    }

    @Test
    @DisplayName("is well on every node, and every slot has an owner")
    void isWell() {
        assertThat(cluster.uris()).hasSize(3).doesNotHaveDuplicates();
        assertThat(cluster.masters()).isEqualTo(cluster.nodes());
        for (EmbeddedRedis node : cluster.nodes()) {
            assertThat(node.ask("CLUSTER", "INFO"))
                    .contains("cluster_state:ok", "cluster_slots_assigned:16384", "cluster_known_nodes:3");
        }
        assertThat(List.of(0, 5461, 16_383)).map(cluster::ownerOf).isEqualTo(cluster.nodes());
        assertThatThrownBy(() -> cluster.replicaOf(cluster.nodes().get(0))).isInstanceOf(TestServerException.class);
    }

    @Test
    @DisplayName("answers for a key on its owner alone, and tells everybody else where it is")
    void answersOnTheOwner() {
        int slot = cluster.slotOf("{tag}a");
        assertThat(cluster.slotOf("{tag}b")).isEqualTo(slot);
        EmbeddedRedis owner = cluster.ownerOf(slot);
        owner.ask("SET", "{tag}a", "v");
        for (EmbeddedRedis other : otherThan(owner)) {
            assertThatThrownBy(() -> other.ask("GET", "{tag}a"))
                    .hasMessageContaining("MOVED " + slot + " 127.0.0.1:" + owner.port());
        }
    }

    @Test
    @DisplayName("has a slot on its way answer for what it still has, ASK for the rest, and MOVED in the end")
    void movesASlot() {
        int slot = cluster.slotOf("{moving}");
        EmbeddedRedis from = cluster.ownerOf(slot);
        EmbeddedRedis to = otherThan(from).get(0);
        for (int i = 0; i < 250; i++) {
            from.ask("SET", "{moving}" + i, "v" + i);
        }

        SlotMove move = cluster.beginMove(slot, to);
        assertThat(cluster.ownerOf(slot)).isEqualTo(from);
        assertThat(from.ask("GET", "{moving}7")).isEqualTo("v7");
        assertThatThrownBy(() -> from.ask("GET", "{moving}new"))
                .hasMessageContaining("ASK " + slot + " 127.0.0.1:" + to.port());
        assertThat(move.moveKeys(100)).isEqualTo(100);
        assertThat(from.ask("DBSIZE")).isEqualTo("150");
        assertThat(to.ask("DBSIZE")).isEqualTo("100");

        move.finish();

        for (EmbeddedRedis node : cluster.nodes()) {
            assertThat(ClusterView.of(node).ownerOf(slot).orElseThrow().port()).isEqualTo(to.port());
        }
        assertThatThrownBy(() -> from.ask("GET", "{moving}7"))
                .hasMessageContaining("MOVED " + slot + " 127.0.0.1:" + to.port());
        assertThat(to.ask("DBSIZE")).isEqualTo("250");
        assertThat(to.ask("GET", "{moving}249")).isEqualTo("v249");
        cluster.awaitHealthy();

        assertThatThrownBy(() -> cluster.moveSlot(slot, to)).isInstanceOf(IllegalArgumentException.class);
        cluster.moveSlot(slot, from);
        assertThat(cluster.ownerOf(slot)).isEqualTo(from);
        assertThat(from.ask("GET", "{moving}7")).isEqualTo("v7");
    }

    @Test
    @DisplayName("is whole again when a node that was killed is back, emptied or not")
    void nodesComeBack() {
        EmbeddedRedis node = cluster.nodes().get(1);
        EmbeddedRedis owner = cluster.ownerOf(6000);
        assertThat(owner).isEqualTo(node);
        node.kill();
        assertThat(cluster.masters()).contains(node);
        node.restart();
        cluster.awaitHealthy();
        node.kill();
        node.restartEmpty();
        cluster.awaitHealthy();
        assertThat(cluster.ownerOf(6000)).isEqualTo(node);
    }

    private static List<EmbeddedRedis> otherThan(EmbeddedRedis node) {
        return cluster.nodes().stream().filter(other -> other != node).toList();
    }
}
