package io.quotaguard.jdbc;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Draw;
import io.quotaguard.model.Offer;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.Price;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The rows of plans, their versions and the choice of default. Thread-safe. */
final class PlanTables {
    private final String load;
    private final String versions;
    private final String plan;
    private final String version;
    private final String feature;
    private final String findDefault;
    private final String saveDefault;

    PlanTables(Database database) {
        load = database.file("load_plans.sql");
        versions = database.sql("""
                SELECT ${quota_schema}.quota_plan_json(code, version)::text AS plan, saved_at
                  FROM ${quota_schema}.plan_version
                 WHERE code = :code
                 ORDER BY version
                """);
        plan = database.sql("""
                INSERT INTO ${quota_schema}.plan (code, version, status, fallback)
                VALUES (:code, :version, :status, :fallback)
                ON CONFLICT (code) DO UPDATE
                   SET version = excluded.version, status = excluded.status, fallback = excluded.fallback
                """);
        version = database.sql("""
                INSERT INTO ${quota_schema}.plan_version
                       (code, version, status, fallback, display_name, description, price_amount, price_currency,
                        billing_cycle, display_order, saved_at)
                VALUES (:code, :version, :status, :fallback, :displayName, :description, :price, :currency,
                        :billingCycle, :displayOrder, ${quota_schema}.quota_now())
                """);
        feature = database.sql("""
                INSERT INTO ${quota_schema}.plan_feature
                       (code, version, feature, position, limit_units, period, thresholds, overage, failure_policy,
                        display_name, unit, draw_credits, draw_rate)
                VALUES (:code, :version, :feature, :position, :limit, :period, :thresholds, :overage, :failurePolicy,
                        :displayName, :unit, :drawCredits, :drawRate)
                """);
        findDefault = database.sql("SELECT plan_code FROM ${quota_schema}.default_plan WHERE plan_code IS NOT NULL");
        saveDefault = database.sql("""
                INSERT INTO ${quota_schema}.default_plan (plan_code, revision) VALUES (:plan, :revision)
                """);
    }

    /** Returns a version of a plan, the current one when {@code version} is null. */
    Optional<Plan> find(Handle handle, String code, @Nullable Long version) {
        return load(handle, code, version).stream().findFirst();
    }

    /** Returns the current version of every plan that is not deleted, by code. */
    List<Plan> all(Handle handle) {
        return load(handle, null, null);
    }

    private List<Plan> load(Handle handle, @Nullable String code, @Nullable Long version) {
        return handle.createQuery(load)
                .bind("code", code)
                .bind("version", version)
                .map((row, context) -> CatalogJson.plan(Json.read(row.getString("plan"))))
                .list();
    }

    List<PlanVersion> versions(Handle handle, String code) {
        return handle.createQuery(versions)
                .bind("code", code)
                .map((row, context) -> new PlanVersion(
                        CatalogJson.plan(Json.read(row.getString("plan"))), Times.instant(row, "saved_at")))
                .list();
    }

    /** Adds a version of a plan, the first or the next; what came before stays for those who are pinned to it (R23). */
    void save(Handle handle, Plan saved) {
        handle.createUpdate(plan)
                .bind("code", saved.code())
                .bind("version", saved.version())
                .bind("status", saved.status().name())
                .bind("fallback", saved.fallback())
                .execute();
        saveVersion(handle, saved);
        if (!saved.features().isEmpty()) {
            saveFeatures(handle, saved);
        }
    }

    private void saveVersion(Handle handle, Plan saved) {
        Offer offer = saved.offer();
        Price price = offer.price();
        BillingCycle cycle = offer.billingCycle();
        handle.createUpdate(version)
                .bind("code", saved.code())
                .bind("version", saved.version())
                .bind("status", saved.status().name())
                .bind("fallback", saved.fallback())
                .bind("displayName", offer.displayName())
                .bind("description", offer.description())
                .bind("price", price == null ? null : price.amount())
                .bind("currency", price == null ? null : price.currency().getCurrencyCode())
                .bind("billingCycle", cycle == null ? null : cycle.name())
                .bind("displayOrder", offer.displayOrder())
                .execute();
    }

    private void saveFeatures(Handle handle, Plan saved) {
        PreparedBatch features = handle.prepareBatch(feature);
        int position = 0;
        for (PlanFeature terms : saved.features().values()) {
            Draw draw = terms.draw();
            features.bind("code", saved.code())
                    .bind("version", saved.version())
                    .bind("feature", terms.feature())
                    .bind("position", position++)
                    .bind("limit", terms.limit().units())
                    .bind("period", terms.period().code())
                    .bindArray("thresholds", Integer.class, terms.thresholds().percents())
                    .bind("overage", terms.overage().code())
                    .bind("failurePolicy", terms.failurePolicy().name())
                    .bind("displayName", terms.label().displayName())
                    .bind("unit", terms.label().unit())
                    .bind("drawCredits", draw == null ? null : draw.credits())
                    .bind("drawRate", draw == null ? null : draw.rate())
                    .add();
        }
        features.execute();
    }

    /** Returns the default plan's code. */
    Optional<String> findDefault(Handle handle) {
        return handle.createQuery(findDefault).mapTo(String.class).findOne();
    }

    /** Saves the choice of default; a first one collides with another first one rather than overwrite it. */
    void saveDefault(Handle handle, @Nullable String code, long revision) {
        String sql = revision == 1
                ? saveDefault
                : saveDefault
                        + " ON CONFLICT (only_row) DO UPDATE SET plan_code = excluded.plan_code, revision = excluded.revision";
        handle.createUpdate(sql).bind("plan", code).bind("revision", revision).execute();
    }
}
