package io.quotaguard.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of plans, subscriptions, overrides and the default, as a change finds, locks and leaves them. Thread-safe. */
final class CatalogTables {
    private final Database database;
    private final PlanTables plans;
    private final SubjectTables subjects;
    private final String loadSubject;
    private final String loadPlans;

    CatalogTables(Database database) {
        this.database = database;
        this.plans = new PlanTables(database);
        this.subjects = new SubjectTables(database);
        this.loadSubject = database.file("load_subject.sql");
        this.loadPlans = database.file("load_plans.sql");
    }

    /** Locks the row that the change is about, until the transaction ends; returns its version, 0 when there is none. */
    long lock(Handle handle, CatalogCommand command) {
        if (command instanceof SavePlan save) {
            return revision(
                    handle,
                    "SELECT version FROM ${quota_schema}.plan WHERE code = :name FOR NO KEY UPDATE",
                    save.plan().code());
        } else if (command instanceof SaveDefaultPlan) {
            return revision(handle, "SELECT revision FROM ${quota_schema}.default_plan FOR NO KEY UPDATE", "");
        }
        return revision(
                handle,
                "SELECT revision FROM ${quota_schema}.subscriber WHERE subject = :name FOR NO KEY UPDATE",
                subject(command));
    }

    /** Returns the version that the change was made for; the default's choice was made for any. */
    long expected(CatalogCommand command, long found) {
        if (command instanceof SavePlan save) {
            return save.expectedVersion();
        } else if (command instanceof SaveSubscription save) {
            return save.expected();
        } else if (command instanceof SaveOverride save) {
            return save.expected();
        }
        return found;
    }

    /** Returns a plan that the change names and that does not exist, or not in the version that it is pinned to. */
    Optional<String> missingPlan(Handle handle, CatalogCommand command) {
        if (command instanceof SaveSubscription save) {
            return save.subscription().phases().stream()
                    .filter(phase -> !exists(handle, phase.plan(), phase.pinnedVersion()))
                    .map(Subscription.Phase::plan)
                    .findFirst();
        } else if (command instanceof SaveDefaultPlan save) {
            return Optional.ofNullable(save.plan()).filter(plan -> !exists(handle, plan, null));
        }
        return Optional.empty();
    }

    private boolean exists(Handle handle, String plan, @Nullable Long version) {
        return handle.createQuery(database.sql("""
                                SELECT 1 FROM ${quota_schema}.plan_version
                                 WHERE code = :code AND version = coalesce(:version, version) LIMIT 1
                                """))
                .bind("code", plan)
                .bind("version", version)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    void save(Handle handle, CatalogCommand command, long revision) {
        if (command instanceof SavePlan save) {
            plans.save(handle, save.plan().withVersion(revision));
        } else if (command instanceof SaveDefaultPlan save) {
            plans.saveDefault(handle, save.plan(), revision);
        } else if (command instanceof SaveSubscription save) {
            subjects.saveRevision(handle, subject(command), revision);
            subjects.save(handle, save.subscription());
        } else if (command instanceof SaveOverride save) {
            subjects.saveRevision(handle, save.subject(), revision);
            subjects.save(handle, save.subject(), save.feature(), save.override());
        }
    }

    /** Returns the present state of what the change is about, as the audit keeps it; null when there is none. */
    @Nullable
    String state(Handle handle, CatalogCommand command) {
        if (command instanceof SavePlan save) {
            return handle.createQuery(loadPlans)
                    .bind("code", save.plan().code())
                    .bind("version", (Long) null)
                    .mapTo(String.class)
                    .findOne()
                    .orElse(null);
        } else if (command instanceof SaveDefaultPlan) {
            return handle.createQuery(database.sql("""
                            SELECT jsonb_build_object('plan', plan_code)::text
                              FROM ${quota_schema}.default_plan WHERE plan_code IS NOT NULL
                            """))
                    .mapTo(String.class)
                    .findOne()
                    .orElse(null);
        }
        String subject = subject(command);
        JsonNode catalog = Json.read(handle.createQuery(loadSubject)
                .bind("subject", subject)
                .mapTo(String.class)
                .one());
        if (command instanceof SaveOverride save) {
            for (JsonNode override : catalog.path("overrides")) {
                if (override.get("feature").asText().equals(save.feature())) {
                    return Json.write(override);
                }
            }
            return null;
        }
        if (!catalog.hasNonNull("phases")) {
            return null;
        }
        ObjectNode subscription = JsonNodeFactory.instance.objectNode();
        subscription.set("phases", catalog.get("phases"));
        subscription.set("anchors", catalog.get("anchors"));
        return Json.write(subscription);
    }

    private long revision(Handle handle, String sql, String name) {
        var query = handle.createQuery(database.sql(sql));
        return (sql.contains(":name") ? query.bind("name", name) : query)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    private static String subject(CatalogCommand command) {
        if (command instanceof SaveSubscription save) {
            return save.subscription().subject();
        } else if (command instanceof SaveOverride save) {
            return save.subject();
        }
        throw new IllegalArgumentException("not about a subject: " + command.getClass());
    }
}
