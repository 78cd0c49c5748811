package io.quotaguard.jdbc;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.spi.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Sets counters to the sum of their ledger rows, one transaction and one audit row each (R42). Thread-safe. */
final class CounterRepair {
    private final Database database;
    private final AuditTable audit;
    private final String create;
    private final String lock;
    private final String repair;

    private record Locked(long id, long used) {}

    CounterRepair(Database database) {
        this.database = database;
        this.audit = new AuditTable(database);
        this.repair = database.file("repair.sql");
        this.create = database.sql("""
                INSERT INTO ${quota_schema}.usage_counter (subject, feature, window_start, window_end)
                VALUES (:subject, :feature, :start::timestamptz, :end::timestamptz)
                ON CONFLICT DO NOTHING
                """);
        this.lock = database.sql("""
                SELECT id, used FROM ${quota_schema}.usage_counter
                 WHERE subject = :subject AND feature = :feature
                   AND window_start = :start::timestamptz AND window_end = :end::timestamptz
                   FOR UPDATE
                """);
    }

    /** Returns what was mended; empty when the counter equals its rows after all, once nobody else can move it. */
    Optional<Drift> mend(Drift suspect, Change change, Deadline deadline) {
        UUID attempt = UUID.randomUUID();
        return database.change("repair a counter", change.key(), deadline, handle -> {
            handle.createUpdate(create).bindMap(name(suspect)).execute();
            Locked found = handle.createQuery(lock)
                    .bindMap(name(suspect))
                    .map((row, context) -> new Locked(row.getLong("id"), row.getLong("used")))
                    .one();
            if (audit.find(handle, null, attempt).isPresent()) {
                return Optional.of(suspect);
            }
            long summed = sum(handle, suspect, found.id());
            if (summed == found.used()) {
                return Optional.empty();
            }
            CatalogIntent intent = new CatalogIntent(Entity.COUNTER, suspect.subject(), "", List.of());
            CatalogTables.Saved saved = new CatalogTables.Saved(state(suspect, found.used()), state(suspect, summed));
            audit.add(handle, new AuditTable.Row(intent, change, attempt, saved, 0));
            return Optional.of(new Drift(suspect.subject(), suspect.feature(), suspect.window(), found.used(), summed));
        });
    }

    private long sum(Handle handle, Drift suspect, long id) {
        return handle.createQuery(repair)
                .bindMap(name(suspect))
                .bind("id", id)
                .mapTo(Long.class)
                .one();
    }

    private static java.util.Map<String, Object> name(Drift drift) {
        return java.util.Map.of(
                "subject", drift.subject(),
                "feature", drift.feature(),
                "start", Times.text(drift.window().start()),
                "end", Times.endText(drift.window().end()));
    }

    private static AuditState state(Drift drift, long used) {
        return AuditState.ofCounter(drift.feature(), drift.window(), used);
    }
}
