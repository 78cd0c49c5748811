package io.quotaguard.redis;

import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DisplayName("The store contract, in Redis alone")
@EnabledIfSystemProperty(
        named = "quota.redis.contract",
        matches = "alone|all",
        disabledReason = "takes minutes: -Dquota.redis.contract=alone")
class RedisAloneContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new RedisAloneFixture(start, TestRedis.single(), 1);
    }
}
