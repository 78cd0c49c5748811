package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.spi.QuotaStore;
import java.util.Map;

/** The store in this JVM's memory. */
final class MemoryUnderTest implements StoreUnderTest {
    /** Each call leaves a ledger row of some 230 bytes: at full speed they would fill the heap before the end. */
    private static final int CALLS_PER_SECOND = 40_000;

    private static final int MAX_ROWS = 50_000_000;

    private final QuotaStore store = InMemoryQuotaStore.builder()
            .maxCounters(MAX_ROWS)
            .maxRecords(MAX_ROWS)
            .build();

    @Override
    public String description() {
        return "memory, paced at " + CALLS_PER_SECOND + " calls a second because its ledger stays in the heap";
    }

    @Override
    public QuotaStore serving() {
        return store;
    }

    @Override
    public QuotaStore administration() {
        return store;
    }

    @Override
    public void subscribe(Crowd crowd) {
        Change change = Change.by("benchmark");
        try (QuotaGuard quota = QuotaGuard.builder(store).build()) {
            for (int i = 0; i < crowd.size(); i++) {
                quota.subscriptions().subscribe(crowd.subject(i), crowd.plan(), change);
            }
        }
    }

    @Override
    public Map<String, Long> rowsWritten(Runnable change) {
        change.run();
        return Map.of();
    }

    @Override
    public int callsPerSecond() {
        return CALLS_PER_SECOND;
    }

    @Override
    public void close() {
        store.close();
    }
}
