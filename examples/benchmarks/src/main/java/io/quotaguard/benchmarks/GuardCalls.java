package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.QuotaGuardBuilder;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.util.List;

/**
 * A guard that is called by its subjects' numbers. Safe for use by several threads.
 *
 * @param quota the guard
 * @param subjects by number
 * @param keys who makes a call's key
 */
record GuardCalls(QuotaGuard quota, List<String> subjects, Keys keys) {
    static final String FEATURE = "articles_per_year";

    /** Longer than anything here takes: a crowd of callers is to be measured, not sent away. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    GuardCalls {
        subjects = List.copyOf(subjects);
    }

    /** Who makes a call's idempotency key. */
    enum Keys {
        /** The library. */
        GENERATED,
        /** The caller, at random. */
        RANDOM
    }

    /** Makes a guard that waits for its turn and remembers all of its subjects. */
    static QuotaGuard guard(QuotaStore store, int subjects) {
        return builder(store, subjects).build();
    }

    /** The same, whose one feature is leased. */
    static QuotaGuard leasing(QuotaStore store, int subjects, SlicePolicy policy) {
        return builder(store, subjects).leased(FEATURE, policy).build();
    }

    private static QuotaGuardBuilder builder(QuotaStore store, int subjects) {
        return QuotaGuard.builder(store).timeout(TIMEOUT).cachedSubjects(2L * subjects);
    }

    /** Returns a crowd's plan, with the thresholds that hold unless others are set. */
    static Plan plan(Crowd crowd, long limit) {
        return Plan.named(crowd.plan())
                .limit(FEATURE, limit, ResetPeriod.YEARLY)
                .build();
    }

    boolean use(int subject, long units) {
        Usage usage = Usage.of(subjects.get(subject), FEATURE).amount(units);
        Usage keyed = keys == Keys.GENERATED
                ? usage
                : usage.key(PlainLedger.randomKey().toString());
        return quota.checkAndRecord(keyed).allowed();
    }
}
