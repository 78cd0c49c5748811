package io.quotaguard.spi;

import io.quotaguard.model.Pruned;
import io.quotaguard.model.QuotaUnavailableException;
import java.time.Duration;

/**
 * Removes what is past its retention, in steps so small that no charge ever notices. Thread-safe; several nodes may do it at
 * once.
 */
public interface MaintenanceStore {
    /**
     * Begins to remove windows that ended {@code keep} ago on the store's clock, each as a whole: counter, ledger rows, keys
     * and reservations (R10, R42). Left alone are a window in which units are held, one charged on behalf of a use whose own
     * window is kept, and one that differs from its ledger.
     */
    Pruning windows(Duration keep);

    /** Begins to remove audit rows older than {@code keep} on the store's clock. */
    Pruning audit(Duration keep);

    /** One pass over what there is to remove. Not thread-safe. */
    interface Pruning {
        /**
         * Takes one step, which is carried out as a whole or not at all; but for a window with more rows than a step
         * removes, of which the newest go first: then counter and ledger are lowered together.
         *
         * @return what it removed, complete when the pass is at its end
         * @throws QuotaUnavailableException when it cannot be done before the deadline, or may not be done
         */
        Pruned step(Deadline deadline);
    }
}
