package io.quotaguard.torture;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.MaintenanceStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.StoreCapabilities;
import java.time.InstantSource;
import java.util.List;

/** A real store whose commands pass through a bug first. Thread-safe. */
final class PlantedStore implements QuotaStore {
    private final QuotaStore store;
    private final Bug bug;
    private final AlertStore outbox;

    /** What is wrong with how a command is carried out. */
    interface Bug {
        Outcome execute(Command command, QuotaStore store, Deadline deadline);
    }

    PlantedStore(QuotaStore store, Bug bug) {
        this(store, bug, store.alerts());
    }

    PlantedStore(QuotaStore store, Bug bug, AlertStore outbox) {
        this.store = store;
        this.bug = bug;
        this.outbox = outbox;
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        return commands.stream()
                .map(command -> bug.execute(command, store, deadline))
                .toList();
    }

    static Outcome once(QuotaStore store, Command command, Deadline deadline) {
        List<Outcome> outcomes = store.execute(List.of(command), deadline);
        if (outcomes.size() != 1) {
            throw InvalidQuotaArgumentException.of("R11", "outcomes", outcomes.size(), "is not one for one command");
        }
        return outcomes.get(0);
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public StoreCapabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public InstantSource clock() {
        return store.clock();
    }

    @Override
    public CatalogStore catalog() {
        return store.catalog();
    }

    @Override
    public LedgerStore ledger() {
        return store.ledger();
    }

    @Override
    public AlertStore alerts() {
        return outbox;
    }

    @Override
    public MaintenanceStore maintenance() {
        return store.maintenance();
    }

    @Override
    public void close() {}
}
