package io.quotaguard.jdbc;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Change;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of {@code catalog_change} (R44). Thread-safe. */
final class AuditTable {
    private final String find;
    private final String add;

    AuditTable(Database database) {
        find = database.sql("""
                SELECT * FROM ${quota_schema}.catalog_change
                 WHERE (request_key = :key AND entity <> 'COUNTER') OR attempt = :attempt
                 LIMIT 1
                """);
        add = database.sql("""
                INSERT INTO ${quota_schema}.catalog_change
                       (entity, name, actor, reason, request_key, fingerprint, attempt, before, after, revision, at)
                VALUES (:entity, :name, :actor, :reason, :key, :fingerprint, :attempt,
                        :before::jsonb, :after::jsonb, :revision, ${quota_schema}.quota_now())
                RETURNING *
                """);
    }

    /** A row to add. */
    record Row(CatalogIntent intent, Change change, UUID attempt, CatalogTables.Saved saved, long revision) {}

    /** A row found by its request key or its attempt. */
    record Known(CatalogEntry entry, String fingerprint, UUID attempt) {}

    Optional<Known> find(Handle handle, @Nullable String key, UUID attempt) {
        return handle.createQuery(find)
                .bind("key", key)
                .bind("attempt", attempt)
                .map((row, context) -> new Known(
                        ChangeLog.entry(row), row.getString("fingerprint"), row.getObject("attempt", UUID.class)))
                .findOne();
    }

    CatalogEntry add(Handle handle, Row row) {
        return handle.createQuery(add)
                .bind("entity", row.intent().entity().name())
                .bind("name", row.intent().name())
                .bind("actor", row.change().actor())
                .bind("reason", row.change().reason())
                .bind("key", row.change().key())
                .bind("fingerprint", row.intent().fingerprint())
                .bind("attempt", row.attempt())
                .bind("before", text(row.saved().before()))
                .bind("after", text(row.saved().after()))
                .bind("revision", row.revision())
                .map((found, context) -> ChangeLog.entry(found))
                .one();
    }

    private static @Nullable String text(@Nullable AuditState state) {
        return state == null ? null : Json.write(state.fields());
    }
}
