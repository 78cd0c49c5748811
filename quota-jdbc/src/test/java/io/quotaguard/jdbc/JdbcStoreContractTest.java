package io.quotaguard.jdbc;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The PostgreSQL store keeps the contract")
class JdbcStoreContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new JdbcStoreFixture(start);
    }
}
