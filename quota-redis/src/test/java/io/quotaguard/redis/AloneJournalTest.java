package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Retention;
import io.quotaguard.model.Usage;
import io.quotaguard.redis.books.Books;
import io.quotaguard.redis.books.TestBooks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** That all nodes, and one that begins later, have the same books is seen to by the fixture. */
@DisplayName("The journal of a Redis that keeps everything itself")
class AloneJournalTest {
    private static final Instant START = Instant.parse("2026-03-02T12:00:00Z");
    private static final Change BY_TEST = Change.by("test");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int DAYS = 6;
    private static final int USES_A_DAY = 10;

    private RedisAloneFixture fixture;
    private QuotaGuard quota;

    @BeforeEach
    void start() {
        fixture = new RedisAloneFixture(START, TestRedis.single(), 1);
        quota = QuotaGuard.builder(fixture.store())
                .timeout(PATIENCE)
                .retention(Retention.DEFAULT.withCorrectionTime(DAY).withLedger(Duration.ofDays(2)))
                .build();
        Plan plan = Plan.named("free")
                .limit("day", USES_A_DAY + 3L, ResetPeriod.DAILY)
                .limit("month", 1_000, ResetPeriod.MONTHLY)
                .build();
        quota.plans().create(plan, BY_TEST);
        quota.plans().setDefault("free", BY_TEST);
    }

    @AfterEach
    void end() {
        quota.close();
        fixture.close();
    }

    @Test
    @DisplayName(
            "R10: with a window, what was written down about it goes, but for what a kept window was charged with it")
    void goesWithItsWindow() {
        for (int day = 0; day < DAYS; day++) {
            fixture.setTime(START.plus(DAY.multipliedBy(day)));
            useAllOf(day);
        }
        long before = fixture.entries();
        fixture.setTime(START.plus(DAY.multipliedBy(DAYS + 3L)));

        assertThat(quota.maintenance().run(PATIENCE).windows()).isEqualTo(DAYS);

        // Of each day the use of both is kept.
        assertThat(before - fixture.entries()).isGreaterThanOrEqualTo((DAYS - 1L) * USES_A_DAY);
        assertThat(used("month")).isEqualTo(2L * DAYS + 1);
        useAllOf(DAYS);
    }

    @Test
    @DisplayName("R10: what can go is found by one reading of what was written down")
    void oneReading() {
        useAllOf(0);
        fixture.setTime(START.plus(DAY.multipliedBy(4)));
        fixture.store().drain(AloneBench.deadline());
        long before = fixture.entries();
        AtomicInteger readings = new AtomicInteger();
        Books node = TestBooks.anotherNode((Books) fixture.store().behind(), readings);
        node.open(AloneBench.deadline());
        readings.set(0);

        assertThat(node.maintenance().windows(DAY).step(AloneBench.deadline()).windows())
                .isEqualTo(1);

        assertThat(fixture.entries()).isLessThan(before);
        assertThat(readings).hasValue(1);
    }

    /** Uses of the day alone, one of day and month together, and once one of the month alone. */
    private void useAllOf(int day) {
        for (int i = 0; i < USES_A_DAY; i++) {
            quota.checkAndRecord(Usage.of("user", "day").key("k" + day + "-" + i));
        }
        quota.checkAndRecordAll(
                List.of(Usage.of("user", "day"), Usage.of("user", "month").amount(2)));
        if (day == 2) {
            quota.checkAndRecord(Usage.of("user", "month"));
        }
    }

    private long used(String feature) {
        return quota.overview("user").feature(feature).orElseThrow().counter().used();
    }

    @Test
    @DisplayName("R2: what was refused does not stay")
    void refusedDoesNotStay() {
        quota.checkAndRecord(Usage.of("user", "day").amount(USES_A_DAY + 3L));
        long before = fixture.entries();

        for (int i = 0; i < 200; i++) {
            assertThat(quota.reserve(Usage.of("user", "day"), Duration.ofMinutes(1))
                            .decision()
                            .allowed())
                    .isFalse();
        }

        assertThat(fixture.entries() - before).isLessThan(100);
    }

    @Test
    @DisplayName("R33: asking for alerts writes nothing down while there are none")
    void nothingToClaim() {
        long before = fixture.entries();

        for (int i = 0; i < 10; i++) {
            assertThat(fixture.store().alerts().claim("node", 10, DAY, AloneBench.deadline()))
                    .isEmpty();
        }

        assertThat(fixture.entries()).isEqualTo(before);
    }

    @Test
    @DisplayName("R19: the books' time never goes back, neither from what was written nor from what was read")
    void timeNeverGoesBack() {
        Instant written = START.plus(Duration.ofHours(1));
        Instant read = START.plus(Duration.ofHours(2));
        fixture.setTime(written);
        quota.subscriptions().subscribe("user", "free", BY_TEST);
        fixture.setTime(START);
        quota.subscriptions().subscribe("other", "free", BY_TEST);
        fixture.setTime(read);
        assertThat(fixture.store().catalog().plans(AloneBench.deadline())).isNotEmpty();
        fixture.setTime(START);
        quota.subscriptions().subscribe("third", "free", BY_TEST);

        assertThat(changedAt("user")).isEqualTo(written);
        assertThat(changedAt("other")).isEqualTo(written);
        assertThat(changedAt("third")).isEqualTo(read);
    }

    private Instant changedAt(String subject) {
        return quota.subscriptions().history(subject, 1).get(0).at();
    }
}
