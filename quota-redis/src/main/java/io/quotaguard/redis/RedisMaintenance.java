package io.quotaguard.redis;

import io.quotaguard.model.Pruned;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.MaintenanceStore;
import java.time.Duration;
import java.time.Instant;

/**
 * Removes what is past its retention from the store behind this one; in Redis everything expires by itself. Thread-safe.
 */
final class RedisMaintenance implements MaintenanceStore {
    private final BackingStore behind;
    private final Freshly freshly;
    private final Epochs epochs;

    RedisMaintenance(BackingStore behind, Freshly freshly, Epochs epochs) {
        this.behind = behind;
        this.freshly = freshly;
        this.epochs = epochs;
    }

    @Override
    public Pruning windows(Duration keep) {
        return new Windows(keep);
    }

    @Override
    public Pruning audit(Duration keep) {
        return behind.maintenance().audit(keep);
    }

    /** What was decided in a window is posted before the window goes, and a key of a window that is gone is asked for there. */
    private final class Windows implements Pruning {
        private final Duration keep;
        private final Pruning pruning;
        private boolean told;

        Windows(Duration keep) {
            this.keep = keep;
            this.pruning = behind.maintenance().windows(keep);
        }

        @Override
        public Pruned step(Deadline deadline) {
            freshly.ofAll(deadline);
            Pruned pruned = pruning.step(deadline);
            if (pruned.windows() > 0 || pruned.records() > 0 || !told) {
                tell(deadline);
                told = true;
            }
            return pruned;
        }

        private void tell(Deadline deadline) {
            Instant end = behind.clock().instant().minus(keep);
            try {
                epochs.removedUntil(end, deadline);
            } catch (RedisFault e) {
                throw e.unavailable(null);
            }
        }
    }
}
