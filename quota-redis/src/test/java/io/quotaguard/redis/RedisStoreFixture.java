package io.quotaguard.redis;

import io.quotaguard.memory.MemoryStoreFixture;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A store on keys of its own in a Redis whose clock stands still until it is set, in front of another store. */
final class RedisStoreFixture implements StoreFixture {
    /** Before anything was ever used: so that every key of a test is known to Redis. */
    private static final Duration BEGUN_BEFORE = Duration.ofDays(1);

    private final TestRedis redis;
    private final String namespace;
    private final StoreFixture behind;
    private final Shards shards;
    private final List<RedisQuotaStore> stores = new ArrayList<>();

    /** In front of what {@code behind} is a fixture of, with so many shards. */
    RedisStoreFixture(Instant start, TestRedis redis, StoreFixture behind, int shards) {
        this.redis = redis;
        this.namespace = redis.freshNamespace();
        this.behind = behind;
        this.shards = new Shards(namespace, shards);
        setRedisTime(start.minus(BEGUN_BEFORE));
        anotherNode();
        setRedisTime(start);
    }

    /** In front of a memory store. */
    static RedisStoreFixture onMemory(Instant start, TestRedis redis, int shards) {
        return new RedisStoreFixture(start, redis, new MemoryStoreFixture(start), shards);
    }

    @Override
    public RedisQuotaStore store() {
        return stores.get(0);
    }

    @Override
    public RedisQuotaStore anotherNode() {
        RedisQuotaStore store = redis.inFrontOf((BackingStore) behind.anotherNode())
                .namespace(namespace)
                .shards(shards.count())
                .localClock(behind.clock())
                .scripts(RedisStoreFixture::script)
                .build();
        stores.add(store);
        return store;
    }

    /** Returns the script files with a clock that stands beside the keys of each shard. */
    static String script(String file) {
        return file.equals(Script.CLOCK)
                ? "local now = tonumber(redis.call('GET', string.sub(KEYS[1], 1, -2) .. 'clock'))"
                : Script.resource(file);
    }

    /** The shards' clocks are set one after the other, which nobody sees who asks for the time. */
    private synchronized void setRedisTime(Instant instant) {
        for (int shard = 0; shard < shards.count(); shard++) {
            redis.commands().set(clockKey(shards, shard), Long.toString(Micros.of(instant)));
        }
    }

    static String clockKey(Shards shards, int shard) {
        String key = shards.shardKey(shard);
        return key.substring(0, key.length() - 1) + "clock";
    }

    @Override
    public void setTime(Instant instant) {
        behind.setTime(instant);
        setRedisTime(instant);
    }

    private synchronized Instant redisTime() {
        return Micros.instant(Long.parseLong(redis.commands().get(clockKey(shards, 0))));
    }

    @Override
    public InstantSource clock() {
        // Not that of the store behind: between the two settings they differ, and this store decides.
        return this::redisTime;
    }

    @Override
    public void corruptCounter(String subject, String feature, long delta) {
        store().drain(Deadline.after(Duration.ofSeconds(5)));
        behind.corruptCounter(subject, feature, delta);
        // It is loaded anew, and so differs here as well.
        redis.commands().del(shards.subjectKey(shards.of(subject), subject));
    }

    @Override
    public void close() {
        stores.forEach(RedisQuotaStore::close);
        behind.close();
    }
}
