package io.quotaguard.redis;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DisplayName("The store contract, in a Redis Cluster in front of the memory store")
@EnabledIfSystemProperty(
        named = "quota.redis.contract",
        matches = "cluster|all",
        disabledReason = "takes minutes: -Dquota.redis.contract=cluster")
class RedisClusterContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return RedisStoreFixture.onMemory(start, TestRedis.cluster(), 7);
    }
}
