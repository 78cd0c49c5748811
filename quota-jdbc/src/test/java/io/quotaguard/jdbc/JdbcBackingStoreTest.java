package io.quotaguard.jdbc;

import io.quotaguard.testing.BackingStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The PostgreSQL store behind another one")
class JdbcBackingStoreTest extends BackingStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new JdbcStoreFixture(start);
    }
}
