package io.quotaguard.benchmarks;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.testbed.RedisServer;
import io.quotaguard.testbed.RedisServers;
import java.util.function.IntFunction;

/** The Redis that tests run on, in a namespace of its own. Safe for use by several threads. */
final class RedisUnderTest implements AutoCloseable {
    private final RedisServer server = RedisServers.shared();
    private final RedisClient client = RedisClient.create();
    private final StatefulRedisConnection<String, String> connection = client.connect(address());

    RedisClient client() {
        return client;
    }

    RedisURI address() {
        return RedisURI.create(server.uri());
    }

    /** Returns the one connection that contenders share, as Lettuce wants it: it pipelines the calls of all threads. */
    StatefulRedisConnection<String, String> connection() {
        return connection;
    }

    /** Returns what nobody else's keys begin with. */
    String freshNamespace() {
        return server.freshNamespace();
    }

    /** Returns a store that decides here, in front of another. */
    RedisQuotaStore inFrontOf(BackingStore behind) {
        return RedisQuotaStore.inFrontOf(behind, client, address())
                .namespace(freshNamespace())
                .build();
    }

    /** Returns a store that keeps its books here as well. */
    RedisQuotaStore alone() {
        return RedisQuotaStore.alone(client, address())
                .namespace(freshNamespace())
                .beginIfEmpty()
                .maxEntries(Integer.MAX_VALUE)
                .build();
    }

    /** Returns the sum of the numbers under as many keys; one that is not there is 0. */
    long sum(IntFunction<String> key, int count) {
        RedisCommands<String, String> commands = connection.sync();
        long sum = 0;
        for (int number = 0; number < count; number++) {
            KeyValue<String, String> found = commands.mget(key.apply(number)).get(0);
            sum += Long.parseLong(found.getValueOrElse("0"));
        }
        return sum;
    }

    /** Returns the bytes that Redis has given to its data. */
    long usedBytes() {
        return Long.parseLong(info("memory", "used_memory"));
    }

    /** Returns the number of the server's process, on its own machine. */
    long serverPid() {
        return Long.parseLong(info("server", "process_id"));
    }

    String description() {
        return "Redis " + info("server", "redis_version") + ", appendonly " + setting("appendonly") + ", appendfsync "
                + setting("appendfsync") + ", one connection";
    }

    private String info(String section, String name) {
        return connection
                .sync()
                .info(section)
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Redis does not tell its " + name));
    }

    private String setting(String name) {
        return connection.sync().configGet(name).getOrDefault(name, "unknown");
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
