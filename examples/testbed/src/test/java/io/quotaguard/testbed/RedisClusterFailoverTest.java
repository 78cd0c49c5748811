package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@DisplayName("A Redis Cluster with replicas")
@DisabledIfEnvironmentVariable(
        named = RedisServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class RedisClusterFailoverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "k";

    private static RedisCluster cluster;

    private EmbeddedRedis master;
    private EmbeddedRedis replica;

    /** Half the usual silence until a node counts as failed, since elections and votes wait for it. */
    @BeforeAll
    static void start() {
        cluster = RedisCluster.startWithReplicas(RedisDurability.ALWAYS, "--cluster-node-timeout", "2500");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @BeforeEach
    void findMaster() {
        master = cluster.ownerOf(cluster.slotOf(KEY));
        replica = cluster.replicaOf(master);
        assertThat(replica).isNotSameAs(master);
        assertThat(cluster.masters()).hasSize(3).contains(master).doesNotContain(replica);
        assertThat(replica.ask("INFO", "replication")).contains("master_link_status:up");
    }

    @Test
    @DisplayName("names no replica of a master while that is away")
    void namesALivingReplica() {
        replica.pause();
        assertThatThrownBy(() -> cluster.replicaOf(master)).hasMessageContaining("No replica");
        replica.kill();
        assertThatThrownBy(() -> cluster.takeOver(master)).hasMessageContaining("No replica");
        replica.restart();
        cluster.awaitHealthy();
        assertThat(cluster.replicaOf(master)).isSameAs(replica);
    }

    @Test
    @DisplayName("hands a master's part over to its replica and back, and nothing is lost")
    void handsOver() {
        master.ask("SET", KEY, "handed over");
        assertThat(cluster.handOver(master)).isSameAs(replica);
        assertThat(replica.ask("GET", KEY)).isEqualTo("handed over");
        cluster.awaitHealthy();
        assertThat(cluster.replicaOf(replica)).isSameAs(master);

        assertThat(cluster.handOver(replica)).isSameAs(master);
        assertThat(master.ask("GET", KEY)).isEqualTo("handed over");
        cluster.awaitHealthy();
    }

    @Test
    @DisplayName("lets a replica take over from a master that was killed, which comes back as its replica")
    void takesOverFromTheDead() throws IOException {
        write("before the kill");
        master.kill();

        assertThat(cluster.takeOver(master)).isSameAs(replica);

        assertThat(replica.ask("GET", KEY)).isEqualTo("before the kill");
        cluster.awaitHealthy();
        assertThatThrownBy(() -> cluster.replicaOf(replica)).hasMessageContaining("No replica");
        master.restart();
        cluster.awaitHealthy();
        assertThat(master.ask("INFO", "replication")).contains("master_link_status:up");
        assertThat(cluster.replicaOf(replica)).isSameAs(master);
    }

    @Test
    @DisplayName("lets a replica take over from a paused master, whose writes that were not copied are lost")
    void takesOverFromThePaused() throws IOException {
        write("copied");
        replica.pause();
        master.ask("CLIENT", "KILL", "TYPE", "replica"); // What is sent from here on cannot reach the replica.
        master.ask("SET", KEY, "confirmed by the master alone");
        master.pause();
        replica.resume();

        assertThat(cluster.takeOver(master)).isSameAs(replica);

        assertThat(replica.ask("GET", KEY)).isEqualTo("copied");
        master.resume();
        cluster.awaitHealthy();
        assertThat(cluster.replicaOf(replica)).isSameAs(master);
        assertThat(replica.ask("GET", KEY)).isEqualTo("copied");
    }

    @Test
    @DisplayName("elects a successor by itself when a master stays away")
    void elects() throws IOException {
        write("before the kill");
        master.kill();
        Await.until(PATIENCE, () -> cluster.masters().contains(replica), () -> "No election");
        cluster.awaitHealthy();
        assertThat(replica.ask("GET", KEY)).isEqualTo("before the kill");
        master.restart();
        cluster.awaitHealthy();
    }

    /** Writes and returns when the replica has it, which only the connection that wrote can ask. */
    private void write(String value) throws IOException {
        try (RespConnection connection = master.connect()) {
            assertThat(connection.ask("SET", KEY, value)).isEqualTo("OK");
            assertThat(connection.ask("WAIT", "1", "20000")).isEqualTo("1");
        }
    }
}
