package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A store that is built while Redis stands still (R45)")
class StartTest {
    /** A client waits a minute by default, and a condition for a third of that. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private final InMemoryQuotaStore behind = new InMemoryQuotaStore();

    @AfterEach
    void stop() {
        behind.close();
    }

    @Test
    @DisplayName("R45: fails by its startupTimeout, says which Redis, and leaves no connection behind")
    void oneRedis() {
        RedisClient client = RedisClient.create();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            RedisURI uri = RedisURI.create(redis.uri());
            redis.pause();
            try {
                assertFails(RedisQuotaStore.inFrontOf(behind, client, uri), uri.toString());
            } finally {
                redis.resume();
            }

            Await.until(
                    "none but who asks is connected",
                    () -> redis.ask("CLIENT", "LIST").lines().count() == 1);
        } finally {
            client.shutdown();
        }
    }

    @Test
    @DisplayName("R45: fails by its startupTimeout on a cluster, whose topology the host's client has not read")
    void cluster() {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisClusterClient client = RedisClusterClient.create(
                    cluster.uris().stream().map(RedisURI::create).toList());
            cluster.nodes().forEach(EmbeddedRedis::pause);
            try {
                assertFails(RedisQuotaStore.inFrontOf(behind, client), "cluster");
            } finally {
                cluster.nodes().forEach(EmbeddedRedis::resume);
                client.shutdown();
            }
        }
    }

    @Test
    @DisplayName("R45: goes on trying until then, and starts when Redis goes on in time")
    void inTime() {
        RedisClient client = RedisClient.create();
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                TcpProxy proxy = TcpProxy.inFrontOf(
                        "127.0.0.1", RedisURI.create(redis.uri()).getPort())) {
            redis.pause();
            CompletableFuture<RedisQuotaStore> built = CompletableFuture.supplyAsync(() -> RedisQuotaStore.inFrontOf(
                            behind, client, RedisURI.create("redis://127.0.0.1:" + proxy.port()))
                    .startupTimeout(Duration.ofMinutes(1))
                    .build());
            try {
                Await.until("it greets", () -> proxy.bytesToServer() > 0);
                long greeting = proxy.bytesToServer();
                Await.until("it greets again", () -> proxy.bytesToServer() >= 2 * greeting || built.isDone());
            } finally {
                redis.resume();
            }

            assertThat(built).succeedsWithin(Await.PATIENCE).satisfies(RedisQuotaStore::close);
        } finally {
            client.shutdown();
        }
    }

    @Test
    @DisplayName("H4: tells no password in what it says about the address")
    void noPassword() {
        RedisClient client = RedisClient.create();
        try {
            RedisURI nobody = RedisURI.create("redis://user:secret@127.0.0.1:1");

            assertThatThrownBy(() ->
                            RedisQuotaStore.inFrontOf(behind, client, nobody).build())
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("127.0.0.1:1")
                    .hasMessageNotContaining("secret");
        } finally {
            client.shutdown();
        }
    }

    private static void assertFails(RedisQuotaStoreBuilder builder, String address) {
        CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(
                        () -> builder.startupTimeout(SHORT).build())
                .handle((store, thrown) -> thrown);
        Await.until("it has failed", failure::isDone);
        assertThat(failure.join())
                .hasCauseInstanceOf(QuotaUnavailableException.class)
                .cause()
                .hasMessageContaining(address)
                .hasMessageContaining("startupTimeout")
                .hasMessageContaining(SHORT.toString());
    }
}
