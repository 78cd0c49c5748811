package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a host's call costs over PostgreSQL: round trips, statements and bytes allocated, which are the same on a busy
 * machine, as times are not.
 */
class GuardCostTest {
    private static final int CALLS = 40;
    private static final int CALLS_PER_TRY = 500;
    private static final int MAX_TRIES = 10;
    /** Seen were 8,370 to 8,470, and 9,540 before the compiler had done its work. */
    private static final long MAX_BYTES = 10_000;

    private final TestDatabase database = TestDatabase.migrated();
    private final HikariDataSource pool =
            TestDatabase.pool(database.url() + "&socketFactory=" + CountingSocketFactory.class.getName(), 1);
    private final JdbcQuotaStore store = JdbcQuotaStore.create(pool);
    private final QuotaGuard quota = QuotaGuard.builder(store)
            .timeout(Duration.ofSeconds(30))
            .catalogPollInterval(Duration.ofHours(1))
            .build();

    @BeforeEach
    void plan() {
        Change change = Change.by("test");
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("much", 1_000_000_000, ResetPeriod.NEVER)
                                .limit("none", 0, ResetPeriod.NEVER)
                                .build(),
                        change);
        quota.plans().setDefault("free", change);
        quota.checkAndRecord("warm", "much");
        quota.checkAndRecord(Usage.of("warm", "much").key("known"));
        quota.checkAndRecord("warm", "none");
    }

    @AfterEach
    void close() {
        quota.close();
        store.close();
        pool.close();
        database.close();
    }

    @Test
    @DisplayName("an accepted, refused, replayed or asked call takes one round trip and one statement")
    void warm() {
        assertCost(1, 1, i -> quota.checkAndRecord("warm", "much"));
        assertCost(1, 1, i -> quota.checkAndRecord(Usage.of("warm", "much").key("new " + i)));
        assertCost(1, 1, i -> quota.checkAndRecord("warm", "none"));
        assertCost(1, 1, i -> quota.checkAndRecord(Usage.of("warm", "much").key("known")));
        assertCost(1, 1, i -> quota.check("warm", "much"));
    }

    @Test
    @DisplayName(
            "the first call about a subject takes one round trip more, which reads what the subject may do by two statements")
    void cold() {
        assertCost(2, 3, i -> quota.checkAndRecord("cold " + i, "much"));
        assertCost(2, 3, i -> quota.checkAndRecord("refused " + i, "none"));
    }

    private static void assertCost(long roundTripsEach, long statementsEach, IntConsumer call) {
        long roundTrips = CountingSocketFactory.roundTrips();
        long statements = CountingSocketFactory.statements();
        for (int i = 0; i < CALLS; i++) {
            call.accept(i);
        }
        assertThat(CountingSocketFactory.roundTrips() - roundTrips)
                .as("round trips")
                .isEqualTo(roundTripsEach * CALLS);
        assertThat(CountingSocketFactory.statements() - statements)
                .as("statements")
                .isEqualTo(statementsEach * CALLS);
    }

    @Test
    @DisplayName("an accepted call allocates less than 10,000 bytes in the caller's thread, most of them the driver's")
    void bytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int tries = 0; least >= MAX_BYTES && tries < MAX_TRIES; tries++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS_PER_TRY; i++) {
                quota.checkAndRecord("warm", "much");
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / CALLS_PER_TRY);
        }
        assertThat(least).isLessThan(MAX_BYTES);
    }
}
