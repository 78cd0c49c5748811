package io.quotaguard.redis;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The store contract, in Redis in front of the memory store")
class RedisStoreContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return RedisStoreFixture.onMemory(start, TestRedis.single(), 1);
    }
}
