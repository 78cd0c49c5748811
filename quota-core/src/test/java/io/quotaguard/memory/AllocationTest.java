package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.quotaguard.Meter;
import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What an everyday call leaves to the garbage collector: its decision and its ledger row, and nothing else. Bytes are the
 * same on every machine, busy or not, so they can be asserted where times cannot.
 */
class AllocationTest {
    /** Decision 32, verdict 64, counter 32; row 72, key 32, instant 24. That the counter's log grows is seldom. */
    private static final long BYTES_PER_CALL = 256;
    /** With room for the smallest object there is. */
    private static final long BOUND = BYTES_PER_CALL + 16;

    private static final int CALLS = 20_000;
    private static final int MAX_TRIES = 20;

    private @Nullable Object kept;

    private static QuotaGuard guard() {
        QuotaGuard quota =
                QuotaGuard.builder(new InMemoryQuotaStore()).cachedSubjects(100).build();
        Change change = Change.by("test");
        quota.plans()
                .create(
                        Plan.named("free")
                                .limit("f", 1_000_000_000, ResetPeriod.NEVER)
                                .build(),
                        change);
        quota.plans().setDefault("free", change);
        return quota;
    }

    @Test
    @DisplayName("a use by names allocates its decision and its row, once the code is compiled")
    void byNames() {
        try (QuotaGuard quota = guard()) {
            assertThat(leastBytes(() -> kept = quota.checkAndRecord("u", "f"))).isLessThan(BOUND);
        }
    }

    @Test
    @DisplayName("so does a use by a meter")
    void byMeter() {
        try (QuotaGuard quota = guard()) {
            Meter meter = quota.meter("u", "f");

            assertThat(leastBytes(() -> kept = meter.checkAndRecord())).isLessThan(BOUND);
        }
    }

    @Test
    @DisplayName("one array more would be seen")
    void seesMore() {
        try (QuotaGuard quota = guard()) {
            Meter meter = quota.meter("u", "f");

            assertThat(leastBytes(() -> {
                        kept = new long[2];
                        kept = meter.checkAndRecord();
                    }))
                    .isGreaterThanOrEqualTo(BOUND);
        }
    }

    /** Returns the least bytes per call of many tries: in the first ones the compiler has not done its work yet. */
    private static long leastBytes(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int tries = 0; least >= BOUND && tries < MAX_TRIES; tries++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int n = 0; n < CALLS; n++) {
                call.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
        }
        return least;
    }
}
