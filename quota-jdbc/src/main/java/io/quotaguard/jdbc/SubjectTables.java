package io.quotaguard.jdbc;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Term;
import io.quotaguard.model.Thresholds;
import java.time.Instant;
import java.time.ZoneId;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The rows of subscriptions and overrides, below the subject's revision. Thread-safe. */
final class SubjectTables {
    private final Database database;

    SubjectTables(Database database) {
        this.database = database;
    }

    /** Reads everything that bears on a subject. */
    SubjectCatalog load(Handle handle, String subject) {
        String json = handle.createQuery(database.sql("SELECT ${quota_schema}.quota_subject_catalog(:subject)::text"))
                .bind("subject", subject)
                .mapTo(String.class)
                .one();
        return CatalogJson.subjectCatalog(Json.read(json));
    }

    /** Moves the subject's revision on; a first one collides with another first one rather than overwrite it. */
    void saveRevision(Handle handle, String subject, long revision) {
        String sql = revision == 1
                ? "INSERT INTO ${quota_schema}.subscriber (subject, revision) VALUES (:subject, :revision)"
                : "UPDATE ${quota_schema}.subscriber SET revision = :revision WHERE subject = :subject";
        handle.createUpdate(database.sql(sql))
                .bind("subject", subject)
                .bind("revision", revision)
                .execute();
    }

    void save(Handle handle, Subscription subscription) {
        String subject = subscription.subject();
        for (String table : new String[] {"subscription_phase", "subscription_anchor"}) {
            handle.createUpdate(database.sql("DELETE FROM ${quota_schema}." + table + " WHERE subject = :subject"))
                    .bind("subject", subject)
                    .execute();
        }
        saveTerm(handle, subscription);
        savePhases(handle, subscription);
        saveAnchors(handle, subject, subscription.cadence());
    }

    private void saveTerm(Handle handle, Subscription subscription) {
        Term term = subscription.term();
        BillingCycle cycle = term.cycle();
        handle.createUpdate(database.sql("""
                                INSERT INTO ${quota_schema}.subscription
                                       (subject, started_at, term_kind, term_cycle, ends_at, cancelled_from, fallback)
                                VALUES (:subject, :startedAt::timestamptz, :kind, :cycle, :endsAt::timestamptz,
                                        :cancelledFrom::timestamptz, :fallback)
                                ON CONFLICT (subject) DO UPDATE
                                   SET started_at = excluded.started_at, term_kind = excluded.term_kind,
                                       term_cycle = excluded.term_cycle, ends_at = excluded.ends_at,
                                       cancelled_from = excluded.cancelled_from, fallback = excluded.fallback
                                """))
                .bind("subject", subscription.subject())
                .bind("startedAt", Times.text(subscription.startedAt()))
                .bind("kind", term.kind().name())
                .bind("cycle", cycle == null ? null : cycle.name())
                .bind("endsAt", Times.optionalText(term.endsAt()))
                .bind("cancelledFrom", Times.optionalText(term.cancelledFrom()))
                .bind("fallback", term.fallback())
                .execute();
    }

    private void savePhases(Handle handle, Subscription subscription) {
        PreparedBatch phases = handle.prepareBatch(database.sql("""
                        INSERT INTO ${quota_schema}.subscription_phase
                               (subject, position, plan_code, pinned_version, asked_at, starts)
                        VALUES (:subject, :position, :plan, :pinned, :at::timestamptz, :starts)
                        """));
        int position = 0;
        for (Subscription.Phase phase : subscription.phases()) {
            phases.bind("subject", subscription.subject())
                    .bind("position", position++)
                    .bind("plan", phase.plan())
                    .bind("pinned", phase.pinnedVersion())
                    .bind("at", Times.text(phase.at()))
                    .bind("starts", phase.start().name())
                    .add();
        }
        phases.execute();
    }

    private void saveAnchors(Handle handle, String subject, Cadence cadence) {
        PreparedBatch anchors = handle.prepareBatch(database.sql("""
                        INSERT INTO ${quota_schema}.subscription_anchor
                               (subject, position, zone, offset_seconds, origin, changed_at)
                        VALUES (:subject, :position, :zone, :offset, :origin::timestamp, :at::timestamptz)
                        """));
        add(anchors, subject, 0, cadence.first(), null);
        int position = 1;
        for (Cadence.Change change : cadence.changes()) {
            add(anchors, subject, position++, change.anchor(), change.at());
        }
        anchors.execute();
    }

    private static void add(
            PreparedBatch anchors, String subject, int position, Anchor anchor, @Nullable Instant changedAt) {
        anchors.bind("subject", subject)
                .bind("position", position)
                .bind("zone", anchor.zone().getId())
                .bind("offset", fixedOffsetSeconds(anchor.zone()))
                .bind("origin", anchor.origin().toString())
                .bind("at", changedAt == null ? null : Times.text(changedAt))
                .add();
    }

    private static @Nullable Integer fixedOffsetSeconds(ZoneId zone) {
        return zone.getRules().isFixedOffset()
                ? zone.getRules().getOffset(Instant.EPOCH).getTotalSeconds()
                : null;
    }

    /** Saves an override, or removes it when it is null. */
    void save(Handle handle, String subject, String feature, @Nullable FeatureOverride override) {
        handle.createUpdate(database.sql(
                        "DELETE FROM ${quota_schema}.feature_override WHERE subject = :subject AND feature = :feature"))
                .bind("subject", subject)
                .bind("feature", feature)
                .execute();
        if (override == null) {
            return;
        }
        Limit limit = override.limit();
        ResetPeriod period = override.period();
        Thresholds thresholds = override.thresholds();
        Overage overage = override.overage();
        FailurePolicy policy = override.failurePolicy();
        handle.createUpdate(database.sql("""
                                INSERT INTO ${quota_schema}.feature_override
                                       (subject, feature, limit_units, period, thresholds, overage, failure_policy,
                                        expires_at)
                                VALUES (:subject, :feature, :limit, :period, :thresholds::integer[], :overage, :policy,
                                        :expiresAt::timestamptz)
                                """))
                .bind("subject", subject)
                .bind("feature", feature)
                .bind("limit", limit == null ? null : limit.units())
                .bind("period", period == null ? null : period.code())
                .bind("thresholds", thresholds == null ? null : Arguments.thresholds(thresholds))
                .bind("overage", overage == null ? null : overage.code())
                .bind("policy", policy == null ? null : policy.name())
                .bind("expiresAt", Times.optionalText(override.expiresAt()))
                .execute();
    }
}
