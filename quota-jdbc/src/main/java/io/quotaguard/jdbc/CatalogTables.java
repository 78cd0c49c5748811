package io.quotaguard.jdbc;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.Plan;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveGrant;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.CatalogCommand.VoidGrant;
import io.quotaguard.spi.CatalogOutcome;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of everything in the catalog, as a change finds, locks and leaves them. Thread-safe. */
final class CatalogTables {
    private final Database database;
    private final PlanTables plans;
    private final SubjectTables subjects;
    private final GrantTable grants;
    private final MembershipTable memberships;

    CatalogTables(Database database) {
        this.database = database;
        this.plans = new PlanTables(database);
        this.subjects = new SubjectTables(database);
        this.grants = new GrantTable(database);
        this.memberships = new MembershipTable(database);
    }

    PlanTables plans() {
        return plans;
    }

    SubjectTables subjects() {
        return subjects;
    }

    GrantTable grants() {
        return grants;
    }

    MembershipTable memberships() {
        return memberships;
    }

    /**
     * What became of the rows.
     *
     * @param before the state that the change found, or null when there was none
     * @param after the state that it left, or null when it is gone
     */
    record Saved(@Nullable AuditState before, @Nullable AuditState after) {}

    /** Locks the row that the change is about, until the transaction ends; returns its version, 0 when there is none. */
    long lock(Handle handle, CatalogCommand command) {
        if (command instanceof SavePlan save) {
            lockPlans(handle);
            return revision(
                    handle,
                    "SELECT version FROM ${quota_schema}.plan WHERE code = :name FOR NO KEY UPDATE",
                    save.plan().code());
        } else if (command instanceof DeletePlan delete) {
            lockPlans(handle);
            // Stronger than an edit's lock: it waits for those who are naming the plan right now, and they for it.
            return revision(
                    handle, "SELECT version FROM ${quota_schema}.plan WHERE code = :name FOR UPDATE", delete.code());
        } else if (command instanceof SaveDefaultPlan) {
            return revision(handle, "SELECT revision FROM ${quota_schema}.default_plan FOR NO KEY UPDATE", "");
        } else if (command instanceof SaveMembership) {
            memberships.lock(handle);
        }
        return revision(
                handle,
                "SELECT revision FROM ${quota_schema}.subscriber WHERE subject = :name FOR NO KEY UPDATE",
                command.name());
    }

    /**
     * Lets plans be written one transaction at a time, lest two of them build a cycle of fallbacks together. Reads, and
     * the row locks of those who name a plan, go on: this lock conflicts with writers of the table alone.
     */
    private void lockPlans(Handle handle) {
        handle.execute(database.sql("LOCK TABLE ${quota_schema}.plan IN SHARE ROW EXCLUSIVE MODE"));
    }

    /** Returns the version that the change was made for; the default's choice was made for any. */
    long expected(CatalogCommand command, long found) {
        if (command instanceof SavePlan save) {
            return save.expectedVersion();
        } else if (command instanceof DeletePlan delete) {
            return delete.expectedVersion();
        } else if (command instanceof SaveSubscription save) {
            return save.expected();
        } else if (command instanceof SaveOverride save) {
            return save.expected();
        } else if (command instanceof SaveGrant save) {
            return save.expected();
        } else if (command instanceof VoidGrant end) {
            return end.expected();
        } else if (command instanceof SaveMembership save) {
            return save.expected();
        }
        return found;
    }

    /** Tells whether the change is about a plan that is deleted already. */
    boolean comesTooLate(Handle handle, CatalogCommand command) {
        String code = command instanceof SavePlan save
                ? save.plan().code()
                : command instanceof DeletePlan delete ? delete.code() : null;
        return code != null
                && plans.find(handle, code, null).filter(Plan::deleted).isPresent();
    }

    /** Returns why the rows of grants and pools stand in the change's way. */
    Optional<CatalogOutcome> obstacle(Handle handle, CatalogCommand command) {
        if (command instanceof SaveMembership save) {
            return memberships.obstacle(handle, save);
        } else if (command instanceof VoidGrant end) {
            Optional<GrantBalance> found = grants.find(handle, end.subject(), end.id());
            if (found.isEmpty()) {
                return Optional.of(new CatalogOutcome.NoSuchGrant(end.id()));
            } else if (found.get().voidedAt() != null) {
                return Optional.of(new CatalogOutcome.GrantVoided(end.id()));
            }
        }
        return Optional.empty();
    }

    /** Writes the change as the next revision. */
    Saved save(Handle handle, CatalogCommand command, long revision) {
        if (command instanceof SavePlan save) {
            return savePlan(handle, save.plan().withVersion(revision));
        } else if (command instanceof DeletePlan delete) {
            Plan last = plans.find(handle, delete.code(), null).orElseThrow();
            return savePlan(
                    handle,
                    last.withStatus(Plan.Status.DELETED)
                            .withFallback(delete.replacement())
                            .withVersion(revision));
        } else if (command instanceof SaveDefaultPlan save) {
            AuditState before =
                    plans.findDefault(handle).map(AuditState::ofDefaultPlan).orElse(null);
            plans.saveDefault(handle, save.plan(), revision);
            return new Saved(before, save.plan() == null ? null : AuditState.ofDefaultPlan(save.plan()));
        } else if (command instanceof SaveSubscription save) {
            Subscription before = subjects.load(handle, save.name()).subscription();
            subjects.saveRevision(handle, save.name(), revision);
            subjects.save(handle, save.subscription());
            return new Saved(before == null ? null : AuditState.of(before), AuditState.of(save.subscription()));
        } else if (command instanceof SaveOverride save) {
            return saveOverride(handle, save, revision);
        } else if (command instanceof SaveGrant save) {
            subjects.saveRevision(handle, save.name(), revision);
            return new Saved(null, AuditState.of(grants.add(handle, save.grant())));
        } else if (command instanceof VoidGrant end) {
            subjects.saveRevision(handle, end.subject(), revision);
            AuditState before = AuditState.of(grants.lock(handle, end.subject(), end.id()));
            return new Saved(before, AuditState.of(grants.end(handle, end.id())));
        } else if (command instanceof SaveMembership save) {
            return saveMembership(handle, save, revision);
        }
        throw new IllegalArgumentException("unknown change " + command.getClass());
    }

    private Saved savePlan(Handle handle, Plan next) {
        AuditState before =
                plans.find(handle, next.code(), null).map(AuditState::of).orElse(null);
        plans.save(handle, next);
        return new Saved(before, AuditState.of(next));
    }

    private Saved saveOverride(Handle handle, SaveOverride save, long revision) {
        AuditState before = subjects.load(handle, save.subject()).overrides().stream()
                .filter(override -> override.feature().equals(save.feature()))
                .findFirst()
                .map(AuditState::of)
                .orElse(null);
        subjects.saveRevision(handle, save.subject(), revision);
        FeatureOverride next = save.override();
        subjects.save(handle, save.subject(), save.feature(), next);
        return new Saved(before, next == null ? null : AuditState.of(next));
    }

    private Saved saveMembership(Handle handle, SaveMembership save, long revision) {
        AuditState before = memberships
                .find(handle, save.subject())
                .map(AuditState::ofMembership)
                .orElse(null);
        subjects.saveRevision(handle, save.subject(), revision);
        memberships.save(handle, save.subject(), save.pool());
        return new Saved(before, save.pool() == null ? null : AuditState.ofMembership(save.pool()));
    }

    private long revision(Handle handle, String sql, String name) {
        return handle.createQuery(database.sql(sql))
                .bindMap(sql.contains(":name") ? Map.of("name", name) : Map.of())
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }
}
