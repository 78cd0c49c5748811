package io.quotaguard.jdbc;

import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Writes of plans, their versions and the choice of default. Thread-safe. */
final class PlanTables {
    private final String plan;
    private final String version;
    private final String feature;
    private final String defaultPlan;

    PlanTables(Database database) {
        plan = database.sql("""
                INSERT INTO ${quota_schema}.plan (code, version, display_name, active)
                VALUES (:code, :version, :displayName, :active)
                """);
        version = database.sql("""
                INSERT INTO ${quota_schema}.plan_version (code, version, display_name, active, saved_at)
                VALUES (:code, :version, :displayName, :active, ${quota_schema}.quota_now())
                """);
        feature = database.sql("""
                INSERT INTO ${quota_schema}.plan_feature
                       (code, version, feature, position, limit_units, period, thresholds, failure_policy)
                VALUES (:code, :version, :feature, :position, :limit, :period, :thresholds, :failurePolicy)
                """);
        defaultPlan = database.sql("""
                INSERT INTO ${quota_schema}.default_plan (plan_code, revision) VALUES (:plan, :revision)
                """);
    }

    /** Adds a version of a plan, the first or the next; what came before stays for those who are pinned to it (R23). */
    void save(Handle handle, Plan saved) {
        String upsert = saved.version() == 1
                ? plan
                : plan + " ON CONFLICT (code) DO UPDATE SET version = excluded.version,"
                        + " display_name = excluded.display_name, active = excluded.active";
        for (String sql : new String[] {upsert, version}) {
            handle.createUpdate(sql)
                    .bind("code", saved.code())
                    .bind("version", saved.version())
                    .bind("displayName", saved.displayName())
                    .bind("active", saved.active())
                    .execute();
        }
        if (saved.features().isEmpty()) {
            return;
        }
        PreparedBatch features = handle.prepareBatch(feature);
        int position = 0;
        for (PlanFeature terms : saved.features().values()) {
            features.bind("code", saved.code())
                    .bind("version", saved.version())
                    .bind("feature", terms.feature())
                    .bind("position", position++)
                    .bind("limit", terms.limit().units())
                    .bind("period", terms.period().code())
                    .bindArray("thresholds", Integer.class, terms.thresholds().percents())
                    .bind("failurePolicy", terms.failurePolicy().name())
                    .add();
        }
        features.execute();
    }

    void saveDefault(Handle handle, @Nullable String code, long revision) {
        String sql = revision == 1
                ? defaultPlan
                : defaultPlan
                        + " ON CONFLICT (only_row) DO UPDATE SET plan_code = excluded.plan_code, revision = excluded.revision";
        handle.createUpdate(sql).bind("plan", code).bind("revision", revision).execute();
    }
}
