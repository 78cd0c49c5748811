package io.quotaguard.benchmarks;

import io.quotaguard.Meter;
import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Usage;
import java.util.Arrays;
import java.util.List;

/**
 * QuotaGuard over the memory store, and the ways to ask it. Safe for use by several threads.
 *
 * @param quota the guard
 * @param store what it charges
 * @param names of the subjects
 */
record GuardInMemory(QuotaGuard quota, InMemoryQuotaStore store, List<String> names) {
    private static final int MOST_COUNTERS = 10_000_000;
    private static final int MOST_ROWS = 500_000_000;
    private static final String PLAN = "memory";

    static GuardInMemory open(int subjects) {
        InMemoryQuotaStore store = InMemoryQuotaStore.builder()
                .maxCounters(MOST_COUNTERS)
                .maxRecords(MOST_ROWS)
                .build();
        QuotaGuard quota = GuardCalls.guard(store, subjects);
        Change change = Change.by("benchmark");
        quota.plans().create(GuardCalls.plan(new Crowd(PLAN, subjects), Subjects.ROOM), change);
        List<String> names = List.copyOf(Arrays.asList(MemoryPeers.names(subjects)));
        names.forEach(name -> quota.subscriptions().subscribe(name, PLAN, change));
        return new GuardInMemory(quota, store, names);
    }

    MemoryContender byNames() {
        String[] by = names.toArray(String[]::new);
        return closing((subject, call) ->
                quota.checkAndRecord(by[subject], GuardCalls.FEATURE).allowed());
    }

    MemoryContender withKeys() {
        String[] by = names.toArray(String[]::new);
        return closing((subject, call) -> quota.checkAndRecord(
                        Usage.of(by[subject], GuardCalls.FEATURE).key("order-" + call))
                .allowed());
    }

    MemoryContender byMeters() {
        Meter[] by = names.stream()
                .map(name -> quota.meter(name, GuardCalls.FEATURE))
                .toArray(Meter[]::new);
        return closing((subject, call) -> by[subject].checkAndRecord().allowed());
    }

    /** Returns the units that everyone has used. */
    long used() {
        return names.stream()
                .mapToLong(name -> quota.check(name, GuardCalls.FEATURE).used())
                .sum();
    }

    private MemoryContender closing(MemoryContender asked) {
        return new MemoryContender() {
            @Override
            public boolean use(int subject, long call) {
                return asked.use(subject, call);
            }

            @Override
            public void close() {
                quota.close();
                store.close();
            }
        };
    }
}
