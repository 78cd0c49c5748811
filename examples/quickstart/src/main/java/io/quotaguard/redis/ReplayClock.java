package io.quotaguard.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Instant;
import org.jspecify.annotations.NullMarked;

/**
 * A clock in Redis that stands still until it is set, in place of the server's own.
 *
 * <p>Scripts read the time through one file, {@code now.lua}. Windows are cut by it, and the log of the replay is of another
 * day; so the replay puts a text in its place that reads a key. Nobody does this to a store in use, and the library lets no
 * host do it: that is why this class, alone among the example's, stands in the store's own package.
 */
@NullMarked
public final class ReplayClock {
    private static final String KEY = "replay-clock";
    private static final String READ = "local now = tonumber(redis.call('GET', '" + KEY + "'))";

    private final RedisClient client;
    private final RedisURI uri;

    public ReplayClock(RedisClient client, RedisURI uri) {
        this.client = client;
        this.uri = uri;
    }

    /** Has a store go by this clock, which must have been set before the store is built. */
    public RedisQuotaStoreBuilder shownTo(RedisQuotaStoreBuilder store) {
        return store.scripts(file -> file.equals(Script.CLOCK) ? READ : Script.resource(file));
    }

    /** Sets the clock; nobody may be asking the store meanwhile. */
    public void set(Instant time) {
        try (StatefulRedisConnection<String, String> connection = client.connect(uri)) {
            connection.sync().set(KEY, Long.toString(Micros.of(time)));
        }
    }
}
