package io.quotaguard.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testbed.RedisServer;
import io.quotaguard.testbed.RedisServers;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** The servers that tests share, each test in a namespace of its own, and the host's client of them. Thread-safe. */
final class TestRedis {
    private final Function<BackingStore, RedisQuotaStoreBuilder> stores;
    private final Supplier<RedisQuotaStoreBuilder> alone;
    private final RedisClusterCommands<String, String> commands;
    private final Supplier<String> namespaces;

    private TestRedis(
            Function<BackingStore, RedisQuotaStoreBuilder> stores,
            Supplier<RedisQuotaStoreBuilder> alone,
            RedisClusterCommands<String, String> commands,
            Supplier<String> namespaces) {
        this.stores = stores;
        this.alone = alone;
        this.commands = commands;
        this.namespaces = namespaces;
    }

    private static final class Single {
        static final TestRedis REDIS = connect();

        private static TestRedis connect() {
            RedisServer server = RedisServers.shared();
            RedisURI uri = RedisURI.create(server.uri());
            RedisClient client = RedisClient.create();
            return new TestRedis(
                    behind -> RedisQuotaStore.inFrontOf(behind, client, uri),
                    () -> RedisQuotaStore.alone(client, uri),
                    client.connect(uri).sync(),
                    server::freshNamespace);
        }
    }

    private static final class Cluster {
        static final TestRedis REDIS = connect();

        private static TestRedis connect() {
            // It ends with this JVM.
            RedisCluster cluster = RedisCluster.start();
            RedisClusterClient client = RedisClusterClient.create(
                    cluster.uris().stream().map(RedisURI::create).toList());
            return new TestRedis(
                    behind -> RedisQuotaStore.inFrontOf(behind, client),
                    () -> RedisQuotaStore.alone(client),
                    client.connect().sync(),
                    () -> "test-" + UUID.randomUUID().toString().substring(0, 8));
        }
    }

    /** One Redis. */
    static TestRedis single() {
        return Single.REDIS;
    }

    /** Three masters. */
    static TestRedis cluster() {
        return Cluster.REDIS;
    }

    RedisQuotaStoreBuilder inFrontOf(BackingStore behind) {
        return stores.apply(behind);
    }

    RedisQuotaStoreBuilder alone() {
        return alone.get();
    }

    RedisClusterCommands<String, String> commands() {
        return commands;
    }

    String freshNamespace() {
        return namespaces.get();
    }
}
