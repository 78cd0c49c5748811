package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
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
    private final PlanReferences references;
    private final CounterLocks counters;
    private final Realigner realigner;
    private final AuditTable audit;
    private final String channel;

    /**
     * Makes a writer.
     *
     * @param channel where those who listen are told that something changed
     */
    CatalogWriter(Database database, CatalogTables tables, String channel) {
        this.database = database;
        this.tables = tables;
        this.channel = channel;
        this.references = new PlanReferences(database);
        this.counters = new CounterLocks(database);
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
        Optional<CatalogOutcome> obstacle = obstacle(handle, command, found);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        // Uses lock grants behind their counters. Whoever writes a grant does as well, so that no two wait for each
        // other.
        List<Long> created = intent.entity() == Entity.GRANT ? counters.lock(handle, intent.realign()) : List.of();
        CatalogTables.Saved saved = tables.save(handle, command, found + 1);
        CatalogEntry entry = audit.add(handle, new AuditTable.Row(intent, command.change(), attempt, saved, found + 1));
        handle.createQuery("SELECT pg_notify(:channel, '')::text")
                .bind("channel", channel)
                .mapTo(String.class)
                .list();
        if (command instanceof SaveSubscription save && !save.isTimely(entry.at())) {
            throw new Undo(new CatalogOutcome.StaleClock(entry.at()));
        }
        Realigner.Realigned realigned = realigner.realign(handle, intent.realign());
        if (realigned.staleAt() != null) {
            throw new Undo(new CatalogOutcome.StaleClock(realigned.staleAt()));
        }
        counters.remove(handle, created);
        return new CatalogOutcome.Applied(entry, false, realigned.alerts());
    }

    private Optional<CatalogOutcome> obstacle(Handle handle, CatalogCommand command, long found) {
        boolean gone = tables.comesTooLate(handle, command);
        if (command instanceof DeletePlan delete && (gone || found == 0)) {
            return Optional.of(new CatalogOutcome.NoSuchPlan(delete.code()));
        }
        // A deleted plan's code is never given again.
        if (gone || found != tables.expected(command, found)) {
            return Optional.of(new CatalogOutcome.Moved(found));
        }
        Optional<CatalogOutcome> inTables = tables.obstacle(handle, command);
        return inTables.isPresent() ? inTables : references.obstacle(handle, command);
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
