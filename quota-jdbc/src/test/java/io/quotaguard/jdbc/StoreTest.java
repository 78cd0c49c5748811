package io.quotaguard.jdbc;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test of the store by itself, over an empty schema whose clock stands at {@link Catalogs#START}. */
abstract class StoreTest {
    final TestDatabase database = TestDatabase.recycled();
    final JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());

    @BeforeEach
    final void setClock() {
        database.setClock(Catalogs.START);
    }

    @AfterEach
    final void closeStore() {
        store.close();
        database.close();
    }
}
