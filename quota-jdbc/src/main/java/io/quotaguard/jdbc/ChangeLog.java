package io.quotaguard.jdbc;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.ChangeFeed;
import io.quotaguard.spi.Deadline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads of the audit: backwards page by page, and forwards as a feed that overlooks no late commit. Thread-safe. */
final class ChangeLog {
    private final Database database;
    private final String history;
    private final String now;
    private final String changes;

    ChangeLog(Database database) {
        this.database = database;
        this.history = database.sql("""
                SELECT * FROM ${quota_schema}.catalog_change
                 WHERE entity = ANY (:entities)
                   AND (:name::text IS NULL OR name = :name)
                   AND (:actor::text IS NULL OR actor = :actor)
                   AND (:from::text IS NULL OR at >= (SELECT :from::timestamptz))
                   AND (:to::text IS NULL OR at < (SELECT :to::timestamptz))
                   AND (:before::bigint IS NULL OR id < :before)
                 ORDER BY id DESC
                 LIMIT :pageSize
                """);
        this.now = "SELECT pg_current_snapshot()::text";
        this.changes = database.file("load_changes.sql");
    }

    List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        return database.read("read the audit", deadline, handle -> history(handle, query));
    }

    List<CatalogEntry> history(Handle handle, CatalogQuery query) {
        String[] entities = query.entities().stream().map(Enum::name).toArray(String[]::new);
        return handle.createQuery(history)
                .bindArray("entities", String.class, (Object[]) entities)
                .bind("name", query.name())
                .bind("actor", query.actor())
                .bind("from", Times.boundText(query.from()))
                .bind("to", Times.boundText(query.to()))
                .bind("before", query.before())
                .bind("pageSize", query.pageSize())
                .map((row, context) -> entry(row))
                .list();
    }

    /**
     * How far a reader has come: what it has seen is all that {@code previous} shows, and of the round at hand, which ends
     * with what {@code round} shows, the rows up to {@code last}.
     *
     * @param round a snapshot, or null before a round's first page
     */
    private record Cursor(String previous, @Nullable String round, long last) {
        private static final Pattern FORM =
                Pattern.compile("([0-9]+:[0-9]+:[0-9,]*)(?:\\|([0-9]+:[0-9]+:[0-9,]*)\\|([0-9]{1,18}))?");

        static Cursor parse(String text) {
            var parts = FORM.matcher(text);
            if (!parts.matches()) {
                throw new InvalidQuotaArgumentException("cursor must be one that this store returned", text);
            }
            String last = parts.group(3);
            return new Cursor(parts.group(1), parts.group(2), last == null ? 0 : Long.parseLong(last));
        }

        String text() {
            return round == null ? previous : previous + "|" + round + "|" + last;
        }
    }

    /** A row of a page; a round without changes has one that shows the round alone. */
    private record Row(String round, Optional<CatalogEntry> entry) {}

    ChangeFeed changes(@Nullable String cursor, int max, Deadline deadline) {
        if (cursor == null) {
            String begin = database.read(
                    "begin a feed of changes",
                    deadline,
                    handle -> handle.createQuery(now).mapTo(String.class).one());
            return new ChangeFeed(List.of(), begin, false);
        }
        Cursor from = Cursor.parse(cursor);
        List<Row> rows = database.read("read the changes", deadline, handle -> rows(handle, from, max));
        String round = rows.get(0).round();
        List<CatalogEntry> found =
                rows.stream().map(Row::entry).flatMap(Optional::stream).toList();
        if (found.size() <= max) {
            return new ChangeFeed(found, round, false);
        }
        List<CatalogEntry> page = found.subList(0, max);
        long last = page.isEmpty() ? from.last() : page.get(max - 1).id();
        return new ChangeFeed(page, new Cursor(from.previous(), round, last).text(), true);
    }

    private List<Row> rows(Handle handle, Cursor from, int max) {
        return handle.createQuery(changes)
                .bind("previous", from.previous())
                .bind("round", from.round())
                .bind("last", from.last())
                .bind("max", max + 1L)
                .map((row, context) -> new Row(
                        Objects.requireNonNull(row.getString("round")),
                        row.getObject("id") == null ? Optional.empty() : Optional.of(entry(row))))
                .list();
    }

    static CatalogEntry entry(ResultSet row) throws SQLException {
        return new CatalogEntry(
                row.getLong("id"),
                CatalogEntry.Entity.valueOf(row.getString("entity")),
                row.getString("name"),
                new Change(row.getString("actor"), row.getString("reason"), row.getString("request_key")),
                state(row.getString("before")),
                state(row.getString("after")),
                row.getLong("revision"),
                Times.instant(row, "at"));
    }

    private static @Nullable AuditState state(@Nullable String json) {
        return json == null ? null : new AuditState(Json.texts(json));
    }
}
