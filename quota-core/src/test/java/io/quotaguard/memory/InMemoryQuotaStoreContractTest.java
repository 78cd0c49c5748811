package io.quotaguard.memory;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The store contract, on the memory store")
class InMemoryQuotaStoreContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new MemoryStoreFixture(start);
    }
}
