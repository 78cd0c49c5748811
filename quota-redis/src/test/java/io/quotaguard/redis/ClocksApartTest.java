package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static io.quotaguard.redis.Bench.BY_TEST;
import static io.quotaguard.redis.Bench.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.MemoryStoreFixture;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the clock of the ledger's store is ahead of Redis' (R1, R19)")
class ClocksApartTest {
    private static final int LIMIT = 5;
    private static final Instant EVENING = Instant.parse("2026-03-01T23:59:58Z");
    private static final Instant MIDNIGHT = Instant.parse("2026-03-02T00:00:00Z");
    private static final Instant MORNING = Instant.parse("2026-03-02T00:00:02Z");

    private final MemoryStoreFixture ledger = new MemoryStoreFixture(EVENING);
    private RedisStoreFixture fixture;
    private QuotaGuard quota;

    @BeforeEach
    void start() {
        fixture = new RedisStoreFixture(EVENING, TestRedis.single(), ledger, 1);
        quota = QuotaGuard.builder(fixture.store())
                .timeout(Duration.ofSeconds(1))
                .build();
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit(ARTICLES, 100, ResetPeriod.DAILY)
                                .build(),
                        BY_TEST);
        quota.subscriptions().subscribe(USER, "free", BY_TEST);
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, LIMIT), BY_TEST);
    }

    @AfterEach
    void stop() {
        quota.close();
        fixture.close();
    }

    @Test
    @DisplayName("R1: a subject that is loaded then does not begin its day again")
    void dayIsNotBegunAgain() {
        assertThat(quota.checkAndRecord(Usage.of(USER, ARTICLES).amount(LIMIT))).matches(Decision::allowed);
        ledger.setTime(MORNING);
        // It is loaded anew after this, and in the ledger's store its day is over.
        quota.subscriptions().override(FeatureOverride.ofLimit(USER, ARTICLES, LIMIT), BY_TEST);

        Decision late = quota.checkAndRecord(USER, ARTICLES);
        assertThat(late.window().orElseThrow().start())
                .as("begin of the day that it is charged to")
                .isEqualTo(MIDNIGHT);

        fixture.setTime(MORNING);
        assertThat(quota.checkAndRecord(Usage.of(USER, ARTICLES).amount(LIMIT - 1)))
                .matches(Decision::allowed);
        assertThat(quota.checkAndRecord(USER, ARTICLES).allowed()).isFalse();
    }
}
