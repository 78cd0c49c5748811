package io.quotaguard.torture;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.redis.RedisQuotaStoreBuilder;
import io.quotaguard.redis.SkewedClock;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A store as a host opens it, with all that it stands on. Not thread-safe; the store itself is. */
final class Stores implements AutoCloseable {
    /** What the address of a cluster begins with; then come those of its nodes, with commas between. */
    static final String CLUSTER = "cluster:";

    private static final int TRIES = 20;
    private static final Duration STARTUP = Duration.ofSeconds(10);

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private @Nullable QuotaStore store;

    private Stores() {}

    /** Opens a store, and tries again while the servers are away, as a host's supervisor would. */
    static Stores open(String url, @Nullable String redis, int connections, Duration skew) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            Stores stores = new Stores();
            try {
                stores.open(new Place(url, redis, connections), InstantSource.offset(InstantSource.system(), skew));
                return stores;
            } catch (RuntimeException e) {
                stores.close();
                if (tries == TRIES) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    /** Where the servers are. */
    private record Place(String url, @Nullable String redis, int connections) {}

    private void open(Place place, InstantSource clock) {
        HikariDataSource pool = pool(place.url(), place.connections());
        closing.push(pool::close);
        JdbcQuotaStore ledger = JdbcQuotaStore.builder(pool)
                .localClock(clock)
                .startupTimeout(STARTUP)
                .build();
        closing.push(ledger::close);
        store = ledger;
        if (place.redis() != null) {
            RedisQuotaStoreBuilder builder = inFrontOf(ledger, place.redis()).startupTimeout(STARTUP);
            RedisQuotaStore front = SkewedClock.shownTo(builder, clock).build();
            closing.push(front::close);
            store = front;
        }
    }

    private RedisQuotaStoreBuilder inFrontOf(JdbcQuotaStore ledger, String redis) {
        if (redis.startsWith(CLUSTER)) {
            RedisClusterClient client = RedisClusterClient.create(Pattern.compile(",")
                    .splitAsStream(redis.substring(CLUSTER.length()))
                    .map(RedisURI::create)
                    .toList());
            closing.push(client::shutdown);
            return RedisQuotaStore.inFrontOf(ledger, client);
        }
        RedisClient client = RedisClient.create();
        closing.push(client::shutdown);
        return RedisQuotaStore.inFrontOf(ledger, client, RedisURI.create(redis));
    }

    QuotaStore store() {
        return Objects.requireNonNull(store);
    }

    /** Returns when all that Redis decided stands in the ledger. */
    void drain(Duration patience) {
        if (store instanceof RedisQuotaStore redis) {
            redis.drain(Deadline.after(patience));
        }
    }

    static HikariDataSource pool(String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(10_000);
        config.setConnectionTimeout(2_000);
        // As the store advises: a call waits so long for each connection that is dead (R45).
        config.setValidationTimeout(1_000);
        return new HikariDataSource(config);
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
