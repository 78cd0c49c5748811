package io.quotaguard.redis;

import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import java.time.InstantSource;

/** The books of a Redis that is alone, without the scripts that decide in front of them. */
final class BooksFixture implements StoreFixture {
    private final RedisAloneFixture alone;

    BooksFixture(Instant start) {
        this.alone = new RedisAloneFixture(start, TestRedis.single(), 1);
    }

    @Override
    public QuotaStore store() {
        return alone.store().behind();
    }

    @Override
    public QuotaStore anotherNode() {
        return alone.anotherNode().behind();
    }

    @Override
    public void setTime(Instant instant) {
        alone.setTime(instant);
    }

    @Override
    public InstantSource clock() {
        return alone.clock();
    }

    @Override
    public void corruptCounter(String subject, String feature, long delta) {
        alone.corruptCounter(subject, feature, delta);
    }

    @Override
    public void close() {
        alone.close();
    }
}
