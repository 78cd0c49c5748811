package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.spi.StoreCapabilities;
import io.quotaguard.testbed.EmbeddedPostgres;
import io.quotaguard.testbed.EmbeddedRedis;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a store in Redis promises beyond the rules")
class CapabilitiesTest {
    @Test
    @DisplayName("R25: alone it is as durable as Redis, shared, and verifies the catalog")
    void alone() {
        TestRedis redis = TestRedis.single();
        try (RedisQuotaStore store =
                redis.alone().namespace(redis.freshNamespace()).beginIfEmpty().build()) {
            assertThat(store.capabilities()).isEqualTo(new StoreCapabilities(true, true, true, false));
        }
    }

    @Test
    @DisplayName(
            "R25: in front of PostgreSQL it is as durable and shared, and joins no transaction, though that one does")
    void inFrontOfPostgres() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                EmbeddedRedis redis = EmbeddedRedis.start();
                FaultBench bench = FaultBench.on(redis.uri()).ledgerIn(postgres).start(1, 1)) {
            assertThat(bench.store().behind().capabilities()).isEqualTo(new StoreCapabilities(true, true, true, true));
            assertThat(bench.store().capabilities()).isEqualTo(new StoreCapabilities(true, true, true, false));
        }
    }

    @Test
    @DisplayName("R25: in front of a ledger in memory it is neither durable nor shared")
    void inFrontOfMemory() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Bench bench = new Bench(redis.uri(), 1)) {
            assertThat(bench.store().capabilities()).isEqualTo(new StoreCapabilities(false, false, true, false));
        }
    }
}
