package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.time.InstantSource;
import java.util.List;

/**
 * Where counters, ledger, catalog and alerts are kept: what a storage backend implements.
 *
 * <p>Implementations are thread-safe. The heart is {@link #execute}: everything that moves a counter goes through it.
 */
public interface QuotaStore extends AutoCloseable {
    /** Returns a short name for messages and metrics, such as {@code memory}. */
    String name();

    StoreCapabilities capabilities();

    /**
     * Returns the best local estimate of the store's own clock, without I/O (R19).
     *
     * <p>A remote store learns the offset from its replies. The estimate may be wrong: the store verifies every window
     * against its true clock, answers {@link Outcome.Stale}, and from then on the estimate is better.
     */
    InstantSource clock();

    /**
     * Carries out independent commands, each atomically by itself, in one round trip where there is a network.
     *
     * <p>For each command, in this order: lock its counters in the order of its lines; look up its key, and replay or
     * report a conflict (R7, R8); verify window, validity and catalog revisions against the store's own clock and truth
     * (R19, R25); decide all its lines (R1, R3); write counters, ledger rows with the key, and alerts together (R10,
     * R28). Two commands of one list behave as if they came one after the other.
     *
     * @return one outcome per command, in order; a fault of the store is an outcome, not an exception, and one command's
     *     fault leaves the others alone
     */
    List<Outcome> execute(List<Command> commands, Deadline deadline);

    /**
     * Takes part in a transaction that the host has open where this store keeps its data, so that a use and the host's own
     * rows are committed together or not at all (R10). It asks nothing of the transaction yet.
     *
     * @param transaction what the host has in its hands of it; each store says of which type
     * @throws InvalidQuotaArgumentException when it is of another type, or the store has no such transactions
     *     ({@link StoreCapabilities#joinsTransactions})
     */
    default JoinedTransaction join(Object transaction) {
        throw InvalidQuotaArgumentException.of(
                "R10",
                "store",
                name(),
                "cannot join a transaction of the host; charge without it, or use a store that can, such as PostgreSQL's");
    }

    CatalogStore catalog();

    LedgerStore ledger();

    AlertStore alerts();

    MaintenanceStore maintenance();

    /** Releases what the store itself opened, never what the host handed to it. */
    @Override
    void close();
}
