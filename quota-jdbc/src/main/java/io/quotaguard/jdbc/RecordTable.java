package io.quotaguard.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Origin;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.KeyIdentity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code usage_record} as they are read (R42). Thread-safe.
 *
 * <p>A hold leaves a row without units, as do a reset of nothing and a correction of nothing: for their keys alone, so that
 * no read shows them.
 */
final class RecordTable {
    private final String page;
    private final String find;
    private final String use;
    private final String any;

    RecordTable(Database database) {
        // Bounds come as text; in a SELECT of their own they are read once, not for each row that is passed over.
        page = database.sql("""
                SELECT * FROM ${quota_schema}.usage_record
                 WHERE subject = :subject AND amount <> 0
                   AND (:feature::text IS NULL OR feature = :feature)
                   AND (:operation::text IS NULL OR operation = :operation)
                   AND (:key::text IS NULL OR key = :key)
                   AND (:from::text IS NULL OR recorded_at >= (SELECT :from::timestamptz))
                   AND (:to::text IS NULL OR recorded_at < (SELECT :to::timestamptz))
                   AND (:before::bigint IS NULL OR id < :before)
                 ORDER BY id DESC
                 LIMIT :pageSize
                """);
        find = database.sql("SELECT * FROM ${quota_schema}.usage_record WHERE id = :id AND amount <> 0");
        use = database.sql("""
                SELECT r.*
                  FROM ${quota_schema}.usage_record u
                 CROSS JOIN LATERAL unnest(u.dedup || u.charged_with) WITH ORDINALITY AS c (dedup, position)
                  JOIN ${quota_schema}.usage_record r ON r.dedup = c.dedup
                 WHERE u.dedup = ANY (:identities) AND u.operation IN ('RECORD', 'COMMIT') AND r.amount <> 0
                 ORDER BY c.position
                """);
        any = database.sql(
                "SELECT EXISTS (SELECT 1 FROM ${quota_schema}.usage_record WHERE dedup = ANY (:identities))");
    }

    List<UsageRecord> page(Handle handle, UsageQuery query) {
        UsageRecord.Operation operation = query.operation();
        return handle.createQuery(page)
                .bind("subject", query.subject())
                .bind("feature", query.feature())
                .bind("operation", operation == null ? null : operation.name())
                .bind("key", query.key())
                .bind("from", Times.boundText(query.from()))
                .bind("to", Times.boundText(query.to()))
                .bind("before", query.before())
                .bind("pageSize", query.pageSize())
                .map((row, context) -> record(row))
                .list();
    }

    Optional<UsageRecord> find(Handle handle, long id) {
        return handle.createQuery(find)
                .bind("id", id)
                .map((row, context) -> record(row))
                .findOne();
    }

    /** Tells whether a key of one of those identities is known, be it only by a row without units. */
    boolean hasAny(Handle handle, UUID[] identities) {
        return handle.createQuery(any)
                .bindArray("identities", UUID.class, (Object[]) identities)
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns the row of a use, charged at once or held before, and then those of the counters charged on its behalf. */
    List<UsageRecord> use(Handle handle, String subject, String feature, String key) {
        UUID charged = KeyIdentity.of(subject, feature, key);
        UUID committed = KeyIdentity.of(subject, feature, key, true, null);
        return handle.createQuery(use)
                .bindArray("identities", UUID.class, charged, committed)
                .map((row, context) -> record(row))
                .list();
    }

    private static UsageRecord record(ResultSet row) throws SQLException {
        return new UsageRecord(
                row.getLong("id"),
                row.getString("subject"),
                row.getString("feature"),
                Times.window(row, "window_start", "window_end"),
                UsageRecord.Operation.valueOf(row.getString("operation")),
                row.getLong("amount"),
                row.getLong("used_after"),
                Limit.of(row.getLong("limit_units")),
                row.getLong("overage"),
                grants(row.getString("grants")),
                row.getString("key"),
                origin(row),
                row.getObject("corrects", Long.class),
                row.getBoolean("degraded"),
                Json.texts(row.getString("metadata")),
                Times.instant(row, "recorded_at"));
    }

    private static Map<Long, Long> grants(@Nullable String json) {
        Map<Long, Long> grants = new HashMap<>();
        if (json != null) {
            for (Map.Entry<String, JsonNode> grant : Json.read(json).properties()) {
                grants.put(Long.valueOf(grant.getKey()), grant.getValue().asLong());
            }
        }
        return grants;
    }

    /** Returns the use on whose behalf the row's counter was charged or holds units; null for the use itself. */
    static @Nullable Origin origin(ResultSet row) throws SQLException {
        String subject = row.getString("origin_subject");
        return subject == null
                ? null
                : new Origin(subject, row.getString("origin_feature"), row.getLong("origin_rate"));
    }
}
