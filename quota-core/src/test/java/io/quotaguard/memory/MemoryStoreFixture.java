package io.quotaguard.memory;

import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.SettableClock;
import io.quotaguard.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A fresh memory store on a clock that stands still. */
final class MemoryStoreFixture implements StoreFixture {
    private final SettableClock clock;
    private final InMemoryQuotaStore store;

    MemoryStoreFixture(Instant start) {
        clock = new SettableClock(start);
        store = InMemoryQuotaStore.builder().clock(clock).build();
    }

    @Override
    public QuotaStore store() {
        return store;
    }

    @Override
    public QuotaStore anotherNode() {
        return store;
    }

    @Override
    public void setTime(Instant instant) {
        clock.set(instant);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public void corruptCounter(String subject, String feature, long delta) {
        UsageQuery newest = UsageQuery.of(subject).feature(feature).pageSize(1);
        UsageRecord row = store.ledger()
                .records(newest, Deadline.after(Duration.ofSeconds(5)))
                .get(0);
        store.corrupt(subject, feature, row.window(), row.usedAfter() + delta);
    }

    @Override
    public void close() {
        store.close();
    }
}
