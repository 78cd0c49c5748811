package io.quotaguard.memory;

import io.quotaguard.model.Pruned;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.MaintenanceStore;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The sweep that the store does by itself when it needs room, over everything and with the host's retention. Thread-safe. */
final class MemoryMaintenance implements MaintenanceStore {
    private static final int PER_STEP = 1000;

    private final StoreParts parts;
    private final AuditLog audit;

    MemoryMaintenance(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.audit = audit;
    }

    @Override
    public Pruning windows(Duration keep) {
        return new Pruning() {
            private @Nullable WindowCounter last;

            @Override
            public Pruned step(Deadline deadline) {
                Instant now = parts.clock().instant();
                Meters.Swept swept = parts.meters().sweep(last, new Meters.Reach(now, now.minus(keep), PER_STEP));
                last = swept.last();
                return new Pruned(swept.forgotten(), swept.records(), swept.reservations(), 0, 0, last == null);
            }
        };
    }

    @Override
    public Pruning audit(Duration keep) {
        return deadline -> {
            audit.lock().acquire(deadline, "the audit", null);
            try {
                int forgotten = audit.forgetUntil(parts.clock().instant().minus(keep), PER_STEP);
                return new Pruned(0, 0, 0, 0, forgotten, forgotten < PER_STEP);
            } finally {
                audit.lock().unlock();
            }
        };
    }
}
