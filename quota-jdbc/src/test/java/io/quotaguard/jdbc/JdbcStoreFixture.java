package io.quotaguard.jdbc;

import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.SettableClock;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A store on tables of its own in a database whose clock stands still until it is set. */
public final class JdbcStoreFixture implements StoreFixture {
    private final TestDatabase database = TestDatabase.recycled();
    private final List<JdbcQuotaStore> stores = new ArrayList<>();
    private final SettableClock clock;

    /** The database's clock shows {@code start}. */
    public JdbcStoreFixture(Instant start) {
        clock = new SettableClock(start);
        database.setClock(start);
        anotherNode();
    }

    @Override
    public QuotaStore store() {
        return stores.get(0);
    }

    @Override
    public QuotaStore anotherNode() {
        JdbcQuotaStore store =
                JdbcQuotaStore.builder(database.dataSource()).localClock(clock).build();
        stores.add(store);
        return store;
    }

    @Override
    public void setTime(Instant instant) {
        clock.set(instant);
        database.setClock(instant);
    }

    @Override
    public InstantSource clock() {
        // Not the local one: between the two settings of setTime they differ, and the store's own is the database's.
        return database::clock;
    }

    @Override
    public void corruptCounter(String subject, String feature, long delta) {
        database.corrupt(subject, feature, delta);
    }

    @Override
    public void close() {
        stores.forEach(JdbcQuotaStore::close);
        database.close();
    }
}
