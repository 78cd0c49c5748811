package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.ChangeFeed;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plans, subscriptions, overrides, grants and pools in their tables, with the audit. Thread-safe. */
final class JdbcCatalog implements CatalogStore {
    private final Database database;
    private final PlanTables plans;
    private final SubjectTables subjects;
    private final GrantTable grants;
    private final MembershipTable memberships;
    private final CatalogWriter writer;
    private final ChangeLog log;
    private final ChangeHints hints;
    private final String usage;
    private final String subscribers;
    private final String overrides;

    JdbcCatalog(Database database, ChangeHints hints) {
        this.database = database;
        this.hints = hints;
        CatalogTables tables = new CatalogTables(database);
        this.plans = tables.plans();
        this.subjects = tables.subjects();
        this.grants = tables.grants();
        this.memberships = tables.memberships();
        this.writer = new CatalogWriter(database, tables, hints.channel());
        this.log = new ChangeLog(database);
        this.usage = database.sql("""
                SELECT ${quota_schema}.quota_subject_catalog(:subject)::text AS catalog,
                       ${quota_schema}.quota_open_counters(:subject, ${quota_schema}.quota_now())::text AS counters
                """);
        this.subscribers = database.file("load_subscribers.sql");
        // No name is empty, so that every pair of names comes after a pair of empty ones.
        this.overrides = database.sql("""
                SELECT ${quota_schema}.quota_override_json(o)::text
                  FROM ${quota_schema}.feature_override o
                 WHERE (o.subject, o.feature) > (:subject, :afterFeature)
                   AND (:feature::text IS NULL OR o.feature = :feature)
                 ORDER BY o.subject, o.feature
                 LIMIT :pageSize
                """);
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        return database.read("load the subject's catalog", deadline, handle -> subjects.load(handle, subject));
    }

    @Override
    public SubjectUsage usage(String subject, Deadline deadline) {
        return database.read(
                "read the subject's usage",
                deadline,
                handle -> handle.createQuery(usage)
                        .bind("subject", subject)
                        .map((row, context) -> CatalogJson.usage(row.getString("catalog"), row.getString("counters")))
                        .one());
    }

    @Override
    public Optional<Plan> plan(String code, Deadline deadline) {
        return database.read("read the plan", deadline, handle -> plans.find(handle, code, null));
    }

    @Override
    public Optional<Plan> plan(String code, long version, Deadline deadline) {
        return database.read("read the plan", deadline, handle -> plans.find(handle, code, version));
    }

    @Override
    public List<Plan> plans(Deadline deadline) {
        return database.read("read the plans", deadline, plans::all);
    }

    @Override
    public List<PlanVersion> versions(String code, Deadline deadline) {
        return database.read("read the plan's versions", deadline, handle -> plans.versions(handle, code));
    }

    @Override
    public List<FeatureOverride> overrides(OverrideQuery query, Deadline deadline) {
        FeatureOverride after = query.after();
        List<String> found = database.read(
                "read the overrides",
                deadline,
                handle -> handle.createQuery(overrides)
                        .bind("feature", query.feature())
                        .bind("subject", after == null ? "" : after.subject())
                        .bind("afterFeature", after == null ? "" : after.feature())
                        .bind("pageSize", query.pageSize())
                        .mapTo(String.class)
                        .list());
        return found.stream().map(json -> CatalogJson.override(Json.read(json))).toList();
    }

    @Override
    public List<GrantBalance> grants(String subject, @Nullable String feature, Deadline deadline) {
        return database.read("read the grants", deadline, handle -> grants.load(handle, subject, feature));
    }

    @Override
    public List<String> members(String pool, @Nullable String after, int max, Deadline deadline) {
        return database.read(
                "read the pool's members", deadline, handle -> memberships.members(handle, pool, after, max));
    }

    @Override
    public List<SubjectUsage> subscribers(String plan, @Nullable String after, int max, Deadline deadline) {
        return database.read(
                "read the plan's subscribers",
                deadline,
                handle -> handle.createQuery(subscribers)
                        .bind("plan", plan)
                        .bind("after", after == null ? "" : after)
                        .bind("max", max)
                        .map((row, context) -> CatalogJson.usage(row.getString("catalog"), row.getString("counters")))
                        .list());
    }

    @Override
    public CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        return writer.apply(command, deadline);
    }

    @Override
    public List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        return log.history(query, deadline);
    }

    @Override
    public ChangeFeed changes(@Nullable String cursor, int max, Deadline deadline) {
        return log.changes(cursor, max, deadline);
    }

    @Override
    public Registration onHint(Runnable hint) {
        return hints.register(hint);
    }
}
