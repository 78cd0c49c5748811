package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Deadline;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Applies changes of the catalog: the row that the change is about is locked first, then its request key is looked up and
 * its revision compared, then everything is written, with the audit, in the same transaction (R44). Thread-safe.
 */
final class CatalogWriter {
    private final Database database;
    private final CatalogTables tables;
    private final Realigner realigner;
    private final AuditTable audit;

    CatalogWriter(Database database) {
        this.database = database;
        this.tables = new CatalogTables(database);
        this.realigner = new Realigner(database);
        this.audit = new AuditTable(database);
    }

    CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        CatalogIntent intent = CatalogIntent.of(command);
        UUID attempt = UUID.randomUUID();
        try {
            return database.change(
                    "change the catalog",
                    command.change().key(),
                    deadline,
                    handle -> apply(handle, command, intent, attempt));
        } catch (Undo undo) {
            return undo.outcome;
        }
    }

    private CatalogOutcome apply(Handle handle, CatalogCommand command, CatalogIntent intent, UUID attempt)
            throws SQLException {
        long found = tables.lock(handle, command);
        Optional<AuditTable.Known> known = audit.find(handle, command.change().key(), attempt);
        if (known.isPresent()) {
            return known(
                    known.get(),
                    intent,
                    attempt,
                    String.valueOf(command.change().key()));
        }
        long expected = tables.expected(command, found);
        if (found != expected) {
            return new CatalogOutcome.Moved(found);
        }
        Optional<String> missing = tables.missingPlan(handle, command);
        if (missing.isPresent()) {
            return new CatalogOutcome.NoSuchPlan(missing.get());
        }
        String before = tables.state(handle, command);
        tables.save(handle, command, found + 1);
        String after = tables.state(handle, command);
        CatalogEntry entry =
                audit.add(handle, new AuditTable.Row(intent, command.change(), attempt, before, after, found + 1));
        Realigner.Realigned realigned = realigner.realign(handle, intent.realign());
        if (realigned.staleAt() != null) {
            throw new Undo(new CatalogOutcome.StaleClock(realigned.staleAt()));
        }
        return new CatalogOutcome.Applied(entry, false, realigned.alerts());
    }

    private static CatalogOutcome known(AuditTable.Known known, CatalogIntent intent, UUID attempt, String key) {
        if (known.attempt().equals(attempt)) {
            // This very call, whose reply was lost; what fired then stands in the outbox.
            return new CatalogOutcome.Applied(known.entry(), false, List.of());
        }
        return known.fingerprint().equals(intent.fingerprint())
                ? new CatalogOutcome.Applied(known.entry(), true, List.of())
                : new CatalogOutcome.KeyConflict(key);
    }

    /** Takes a transaction back and carries out what to answer instead. */
    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient CatalogOutcome outcome;

        Undo(CatalogOutcome outcome) {
            super("the transaction is taken back", null, false, false);
            this.outcome = outcome;
        }
    }
}
