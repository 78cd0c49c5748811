package io.quotaguard.redis;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DisplayName("The store contract, in a Redis Cluster alone")
@EnabledIfSystemProperty(
        named = "quota.redis.contract",
        matches = "alone-cluster|all",
        disabledReason = "takes minutes: -Dquota.redis.contract=alone-cluster")
class RedisAloneClusterContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new RedisAloneFixture(start, TestRedis.cluster(), 7);
    }
}
