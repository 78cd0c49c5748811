package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.model.Pruned;
import io.quotaguard.model.Retention;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.MaintenanceStore.Pruning;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes what is past its {@link Retention}. Thread-safe.
 *
 * <p>It runs when the host calls it, say every night, on any node and on several at once; a host that never does keeps
 * everything. It goes in small steps, each with a transaction of its own, and locks nothing that a check of a current window
 * needs.
 */
public final class Maintenance {
    private static final int ALERTS_PER_STEP = 1000;

    private final QuotaStore store;
    private final Retention retention;
    private final Duration timeout;

    Maintenance(QuotaStore store, Retention retention, Duration timeout) {
        this.store = store;
        this.retention = retention;
        this.timeout = timeout;
    }

    /**
     * Removes what is past its retention until nothing is left or the time is up. What was removed before it fails stays so.
     *
     * @param budget after how long no further step begins; the last may take the guard's time-out beyond that
     * @return what was removed
     * @throws io.quotaguard.model.QuotaUnavailableException when a step failed
     */
    public Pruned run(Duration budget) {
        Deadline end = Deadline.after(required("budget", budget));
        Deque<Pruning> kinds = new ArrayDeque<>();
        kinds.add(store.maintenance().windows(retention.windows()));
        kinds.add(this::alerts);
        if (retention.audit() != null) {
            kinds.add(store.maintenance().audit(retention.audit()));
        }
        Pruned all = Pruned.NOTHING;
        // In turn, so that many windows do not keep alerts waiting for ever.
        while (!kinds.isEmpty()) {
            Pruning kind = kinds.remove();
            Pruned step = kind.step(Deadline.after(timeout));
            all = all.plus(step.withComplete(true));
            if (!step.complete()) {
                kinds.add(kind);
            }
            if (end.hasPassed()) {
                break;
            }
        }
        return all.withComplete(kinds.isEmpty());
    }

    private Pruned alerts(Deadline deadline) {
        Instant before = store.clock().instant().minus(retention.alerts());
        int purged = store.alerts().purge(before, ALERTS_PER_STEP, deadline);
        return new Pruned(0, 0, 0, purged, 0, purged < ALERTS_PER_STEP);
    }
}
