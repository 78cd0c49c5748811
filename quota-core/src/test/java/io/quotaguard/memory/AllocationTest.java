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
 * What an everyday call leaves to the garbage collector: its decision, its ledger row, and two things that are dead when it
 * returns. Bytes are the same on every machine, busy or not, so they can be asserted where times cannot.
 */
class AllocationTest {
    /** Decision 56; row 48, as part of an array; key 32, which the compiler mostly leaves out, and instant 24. */
    private static final long BYTES_PER_USE = 160;
    /** Decision 56, instant 24. */
    private static final long BYTES_PER_CHECK = 80;
    /** What the compiler leaves out differs from one run to the next, by an object or two. */
    private static final long SPREAD = 48;

    private static final long BOUND = BYTES_PER_USE + SPREAD;
    private static final long CHECK_BOUND = BYTES_PER_CHECK + SPREAD;

    private static final int CALLS = 20_000;
    private static final int MAX_TRIES = 20;

    private @Nullable Object kept;
    /** Volatile, lest the compiler leaves out what is written over at once. */
    private volatile long @Nullable [] more;

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
            assertThat(leastBytes(BOUND, () -> kept = quota.checkAndRecord("u", "f")))
                    .isLessThan(BOUND);
        }
    }

    @Test
    @DisplayName("so does a use by a meter")
    void byMeter() {
        try (QuotaGuard quota = guard()) {
            Meter meter = quota.meter("u", "f");

            assertThat(leastBytes(BOUND, () -> kept = meter.checkAndRecord())).isLessThan(BOUND);
        }
    }

    @Test
    @DisplayName("a check by names or by a meter allocates its decision")
    void check() {
        try (QuotaGuard quota = guard()) {
            Meter meter = quota.meter("u", "f");
            meter.checkAndRecord();

            assertThat(leastBytes(CHECK_BOUND, () -> kept = quota.check("u", "f")))
                    .isLessThan(CHECK_BOUND);
            assertThat(leastBytes(CHECK_BOUND, () -> kept = meter.check())).isLessThan(CHECK_BOUND);
        }
    }

    @Test
    @DisplayName("one array more would be seen")
    void seesMore() {
        try (QuotaGuard quota = guard()) {
            Meter meter = quota.meter("u", "f");

            assertThat(leastBytes(BOUND, () -> {
                        more = new long[16];
                        kept = meter.checkAndRecord();
                    }))
                    .isGreaterThanOrEqualTo(BOUND);
        }
    }

    /** Returns the least bytes per call of many tries: in the first ones the compiler has not done its work yet. */
    private static long leastBytes(long bound, Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int tries = 0; least >= bound && tries < MAX_TRIES; tries++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int n = 0; n < CALLS; n++) {
                call.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
        }
        return least;
    }
}
