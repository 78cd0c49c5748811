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
import java.util.function.UnaryOperator;

/** A fresh memory store on a clock that stands still. */
public final class MemoryStoreFixture implements StoreFixture {
    private final SettableClock clock;
    private final InMemoryQuotaStore memory;
    private final QuotaStore store;

    /** The store as it is. */
    public MemoryStoreFixture(Instant start) {
        this(start, store -> store);
    }

    /** The store behind a wrapper. */
    public MemoryStoreFixture(Instant start, UnaryOperator<QuotaStore> wrapper) {
        clock = new SettableClock(start);
        memory = InMemoryQuotaStore.builder().clock(clock).build();
        store = wrapper.apply(memory);
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
        corrupt(memory, subject, feature, delta);
    }

    /** The same for any memory store. */
    public static void corrupt(InMemoryQuotaStore store, String subject, String feature, long delta) {
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
