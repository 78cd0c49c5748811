package io.quotaguard.testing;

import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.MaintenanceStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.StoreCapabilities;
import java.time.InstantSource;
import java.util.List;

/** A store in front of another, which it passes everything on to: for wrappers that change one thing. Thread-safe. */
public class DelegatingStore implements QuotaStore {
    private final QuotaStore inner;

    /** Returns a store that behaves as {@code inner} does. */
    public DelegatingStore(QuotaStore inner) {
        this.inner = inner;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public StoreCapabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public InstantSource clock() {
        return inner.clock();
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        return inner.execute(commands, deadline);
    }

    @Override
    public JoinedTransaction join(Object transaction) {
        return inner.join(transaction);
    }

    @Override
    public CatalogStore catalog() {
        return inner.catalog();
    }

    @Override
    public LedgerStore ledger() {
        return inner.ledger();
    }

    @Override
    public AlertStore alerts() {
        return inner.alerts();
    }

    @Override
    public MaintenanceStore maintenance() {
        return inner.maintenance();
    }

    /** Closes the store behind. */
    @Override
    public void close() {
        inner.close();
    }
}
