package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.redis.books.Books;
import io.quotaguard.redis.books.TestBooks;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testing.SettableClock;
import io.quotaguard.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A store on keys of its own in a Redis whose clock stands still until it is set, and that keeps everything itself. */
final class RedisAloneFixture implements StoreFixture {
    /** Before anything was ever used: so that every key of a test is known to Redis. */
    private static final Duration BEGUN_BEFORE = Duration.ofDays(1);

    private final TestRedis redis;
    private final String namespace;
    private final Shards shards;
    private final SettableClock local;
    private final List<RedisQuotaStore> stores = new ArrayList<>();
    private boolean corrupted;

    RedisAloneFixture(Instant start, TestRedis redis, int shards) {
        this.redis = redis;
        this.namespace = redis.freshNamespace();
        this.shards = new Shards(namespace, shards);
        this.local = new SettableClock(start);
        setRedisTime(start.minus(BEGUN_BEFORE));
        anotherNode();
        setRedisTime(start);
    }

    @Override
    public RedisQuotaStore store() {
        return stores.get(0);
    }

    @Override
    public RedisQuotaStore anotherNode() {
        RedisQuotaStore store = redis.alone()
                .namespace(namespace)
                .shards(shards.count())
                .localClock(local)
                .scripts(RedisStoreFixture::script)
                .beginIfEmpty()
                .build();
        stores.add(store);
        return store;
    }

    /** The shards' clocks are set one after the other, which nobody sees who asks for the time. */
    private synchronized void setRedisTime(Instant instant) {
        for (int shard = 0; shard < shards.count(); shard++) {
            redis.commands().set(RedisStoreFixture.clockKey(shards, shard), Long.toString(Micros.of(instant)));
        }
    }

    @Override
    public void setTime(Instant instant) {
        local.set(instant);
        setRedisTime(instant);
    }

    /** Returns how many entries the journal has. */
    long entries() {
        return redis.commands().xlen(shards.journalKey());
    }

    private synchronized Instant redisTime() {
        return Micros.instant(Long.parseLong(redis.commands().get(RedisStoreFixture.clockKey(shards, 0))));
    }

    @Override
    public InstantSource clock() {
        return this::redisTime;
    }

    @Override
    public void corruptCounter(String subject, String feature, long delta) {
        for (RedisQuotaStore store : stores) {
            store.drain(Deadline.after(Duration.ofSeconds(5)));
            TestBooks.corrupt((Books) store.behind(), subject, feature, delta);
        }
        corrupted = true;
        // It is loaded anew, and so differs here as well.
        redis.commands().del(shards.subjectKey(shards.of(subject), subject));
    }

    /** Whatever the test did: all nodes have come to the same books, and so does one that begins now. */
    @Override
    public void close() {
        if (!corrupted) {
            Books first = (Books) store().behind();
            List<Object> expected = TestBooks.read(first);
            assertThat(TestBooks.read(TestBooks.anotherNode(first))).isEqualTo(expected);
            for (RedisQuotaStore store : stores) {
                assertThat(TestBooks.read((Books) store.behind())).isEqualTo(expected);
            }
        }
        stores.forEach(RedisQuotaStore::close);
    }
}
