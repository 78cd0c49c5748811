package io.quotaguard.redis;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The store contract, in a Redis Cluster in front of the memory store")
class RedisClusterContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return RedisStoreFixture.onMemory(start, TestRedis.cluster(), 7);
    }
}
