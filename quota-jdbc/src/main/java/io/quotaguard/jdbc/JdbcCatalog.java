package io.quotaguard.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Plan;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plans, subscriptions and overrides in their tables, with the audit. Thread-safe. */
final class JdbcCatalog implements CatalogStore {
    private final Database database;
    private final CatalogWriter writer;
    private final String loadSubject;
    private final String loadPlans;
    private final String history;

    JdbcCatalog(Database database) {
        this.database = database;
        this.writer = new CatalogWriter(database);
        this.loadSubject = database.file("load_subject.sql");
        this.loadPlans = database.file("load_plans.sql");
        this.history = database.sql("""
                SELECT * FROM ${quota_schema}.catalog_change
                 WHERE entity = ANY (:entities)
                   AND (:name::text IS NULL OR name = :name)
                   AND (:before::bigint IS NULL OR id < :before)
                 ORDER BY id DESC
                 LIMIT :pageSize
                """);
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        String json = database.read(
                "load the subject's catalog",
                deadline,
                handle -> handle.createQuery(loadSubject)
                        .bind("subject", subject)
                        .mapTo(String.class)
                        .one());
        return subjectCatalog(subject, Json.read(json));
    }

    private static SubjectCatalog subjectCatalog(String subject, JsonNode json) {
        Map<String, Plan> plans = new HashMap<>();
        List<Plan> pinned = new ArrayList<>();
        for (JsonNode node : json.path("plans")) {
            Plan plan = CatalogJson.plan(node);
            if (node.get("current").asBoolean()) {
                plans.put(plan.code(), plan);
            } else {
                pinned.add(plan);
            }
        }
        List<FeatureOverride> overrides = new ArrayList<>();
        json.path("overrides").forEach(node -> overrides.add(CatalogJson.override(subject, node)));
        JsonNode defaultPlan = json.get("defaultPlan");
        return new SubjectCatalog(
                subject,
                json.get("revision").asLong(),
                CatalogJson.subscription(subject, json),
                overrides,
                plans,
                pinned,
                new SubjectCatalog.DefaultPlan(
                        defaultPlan.isNull() ? null : defaultPlan.asText(),
                        json.get("defaultRevision").asLong()));
    }

    @Override
    public Optional<Plan> plan(String code, Deadline deadline) {
        return plans(code, null, deadline).stream().findFirst();
    }

    @Override
    public Optional<Plan> plan(String code, long version, Deadline deadline) {
        return plans(code, version, deadline).stream().findFirst();
    }

    @Override
    public List<Plan> plans(Deadline deadline) {
        List<Plan> plans = new ArrayList<>(plans(null, null, deadline));
        plans.sort(java.util.Comparator.comparing(Plan::code));
        return List.copyOf(plans);
    }

    private List<Plan> plans(@Nullable String code, @Nullable Long version, Deadline deadline) {
        List<String> found = database.read(
                "read plans",
                deadline,
                handle -> handle.createQuery(loadPlans)
                        .bind("code", code)
                        .bind("version", version)
                        .mapTo(String.class)
                        .list());
        return found.stream().map(json -> CatalogJson.plan(Json.read(json))).toList();
    }

    @Override
    public CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        return writer.apply(command, deadline);
    }

    @Override
    public List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        String[] entities = query.entities().stream().map(Enum::name).toArray(String[]::new);
        return database.read(
                "read the audit",
                deadline,
                handle -> handle.createQuery(history)
                        .bindArray("entities", String.class, (Object[]) entities)
                        .bind("name", query.name())
                        .bind("before", query.before())
                        .bind("pageSize", query.pageSize())
                        .map((row, context) -> entry(row))
                        .list());
    }

    static CatalogEntry entry(ResultSet row) throws SQLException {
        return new CatalogEntry(
                row.getLong("id"),
                CatalogEntry.Entity.valueOf(row.getString("entity")),
                row.getString("name"),
                new Change(row.getString("actor"), row.getString("reason"), row.getString("request_key")),
                row.getString("before"),
                row.getString("after"),
                row.getLong("revision"),
                Times.instant(row, "at"));
    }
}
