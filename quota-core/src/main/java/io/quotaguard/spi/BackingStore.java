package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.time.Instant;
import java.util.List;

/**
 * A store that another one can decide in front of: the one in front answers the callers, this one keeps the catalog, the
 * ledger and the alerts, and is told afterwards what was decided.
 *
 * <p>What is posted is worked out here once more, from the amounts, terms and instant of the decision: so counter, ledger and
 * alerts cannot tell different stories, and there is one place where alerts are decided. Thread-safe.
 */
public interface BackingStore extends QuotaStore {
    /**
     * Charges what was decided in front of this store, each command atomically by itself and in order; window, validity,
     * catalog and limit are not verified again. What is written is dated to the decision, and alerts fire as of then: in a
     * window that had not ended yet (R32).
     *
     * <p>A command whose key is known already is passed over, so that posting one twice is harmless: it is answered as a
     * replay, or as a conflict when the key stands for another request.
     *
     * @return one outcome per command, in order
     */
    List<Outcome> post(List<Decided> decided, Deadline deadline);

    /**
     * Tells whether the command's key is known within the scope of one of its uses, by whatever it was left behind: then
     * {@link #execute} answers it without charging (R7, R8).
     */
    boolean remembers(Command command, Deadline deadline);

    /**
     * A use that was decided in front of this store.
     *
     * @param command the use, with the terms that it was decided by
     * @param at when, on the clock that decided it; in whole microseconds
     */
    record Decided(Command command, Instant at) {
        public Decided {
            if (command.operation() != Operation.RECORD) {
                throw InvalidQuotaArgumentException.of(
                        "R42", "operation", command.operation(), "is decided by the store that keeps the ledger");
            }
        }
    }
}
