package io.quotaguard.redis;

import io.quotaguard.jdbc.JdbcStoreFixture;
import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DisplayName("The store contract, in Redis in front of PostgreSQL")
@EnabledIfSystemProperty(
        named = "quota.redis.contract",
        matches = "postgres|all",
        disabledReason = "takes minutes: -Dquota.redis.contract=postgres")
class RedisOnPostgresContractTest extends QuotaStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new RedisStoreFixture(start, TestRedis.single(), new JdbcStoreFixture(start), 1);
    }
}
