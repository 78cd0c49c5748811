package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** QuotaGuard on Redis alone: plan, thresholds, idempotency and ledger are there as well. */
final class AloneContender implements Contender {
    private static final Duration SETTLING = Duration.ofMinutes(10);
    private static final Change BY = Change.by("benchmark");

    private final RedisQuotaStore store;
    private final GuardCalls calls;

    AloneContender(Bed bed) {
        store = bed.redis().alone();
        Subjects subjects = bed.subjects();
        QuotaGuard quota = GuardCalls.guard(store, subjects.all());
        Crowd room = new Crowd("alone-room", subjects.size());
        Crowd little = new Crowd("alone-little", subjects.size());
        quota.plans().create(GuardCalls.plan(room, Subjects.ROOM), BY);
        quota.plans().create(GuardCalls.plan(little, Subjects.LITTLE), BY);
        List<String> names = new ArrayList<>();
        for (Crowd crowd : List.of(room, little)) {
            crowd.everyone().forEach(subject -> quota.subscriptions().subscribe(subject, crowd.plan(), BY));
            names.addAll(crowd.everyone());
        }
        calls = new GuardCalls(quota, names, GuardCalls.Keys.GENERATED);
    }

    @Override
    public boolean use(int subject, long units) {
        return calls.use(subject, units);
    }

    @Override
    public void settle() {
        store.drain(Deadline.after(SETTLING));
    }

    @Override
    public Books books() {
        settle();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        long units = 0;
        long uses = 0;
        for (String subject : calls.subjects()) {
            StatisticsQuery query = StatisticsQuery.daily(subject, today.minusDays(1), today);
            for (PeriodUsage usage : calls.quota().usage().statistics(query)) {
                units += usage.units();
                uses += usage.uses();
            }
        }
        return new Books(units, uses);
    }

    @Override
    public void close() {
        calls.quota().close();
        store.close();
    }
}
