package io.quotaguard.plan;

import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Plan;
import io.quotaguard.model.UnknownPlanException;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The plans on offer: create, edit, choose the default, read, and who changed what (R23, R44). Thread-safe. */
public final class Plans {
    private final CatalogAccess access;

    /** Made by the front door; hosts get theirs from {@code quota.plans()}. */
    public Plans(CatalogAccess access) {
        this.access = access;
    }

    /**
     * Creates a plan.
     *
     * @return the plan as stored, version 1
     * @throws CatalogConflictException when a plan with this code exists
     */
    public Plan create(Plan plan, Change change) {
        InvalidQuotaArgumentException.required("plan", plan);
        return save(plan, 0, change, "a plan with the code " + plan.code() + " exists already; update it instead");
    }

    /**
     * Replaces a plan by an edited copy of it, as its next version; subscribers that follow the plan get the new terms at
     * once, and what was used stays used (R20, R23).
     *
     * @param plan the edited copy; its version is the one that was read
     * @return the plan as stored
     * @throws CatalogConflictException when the plan has moved on from that version
     * @throws UnknownPlanException when there is no such plan
     */
    public Plan update(Plan plan, Change change) {
        if (InvalidQuotaArgumentException.required("plan", plan).version() < 1) {
            throw InvalidQuotaArgumentException.of(
                    "R23", "plan version", plan.version(), "was never stored; read the plan, edit that, and update it");
        }
        return save(plan, plan.version(), change, "plan " + plan.code() + " was read at version " + plan.version());
    }

    /** Chooses the plan of subjects without a subscription; null for none. */
    public void setDefault(@Nullable String code, Change change) {
        if (code != null) {
            Names.requirePlan(code);
        }
        access.applyFresh(
                access.deadline(), (now, deadline) -> new CatalogCommand.SaveDefaultPlan(code, required(change)));
        access.entitlements().forgetAll();
    }

    /** Returns the current version of a plan. */
    public Optional<Plan> get(String code) {
        return access.catalog().plan(Names.requirePlan(code), access.deadline());
    }

    /** Returns one version of a plan, current or past. */
    public Optional<Plan> get(String code, long version) {
        return access.catalog().plan(Names.requirePlan(code), version, access.deadline());
    }

    /** Returns the current version of every plan, by code. */
    public List<Plan> list() {
        return access.catalog().plans(access.deadline());
    }

    /** Returns the newest {@code limit} audit rows of a plan, newest first (R44). */
    public List<CatalogEntry> history(String code, int limit) {
        CatalogQuery query = new CatalogQuery(Set.of(Entity.PLAN), Names.requirePlan(code), null, limit);
        return access.catalog().history(query, access.deadline());
    }

    private Plan save(Plan plan, long expectedVersion, Change change, String conflict) {
        Deadline deadline = access.deadline();
        CatalogCommand command = new CatalogCommand.SavePlan(plan, expectedVersion, required(change));
        CatalogOutcome outcome = access.catalog().apply(command, deadline);
        Optional<CatalogEntry> entry = access.applied(command, outcome);
        if (entry.isEmpty()) {
            long found = outcome instanceof CatalogOutcome.Moved moved ? moved.found() : 0;
            if (found == 0) {
                throw new UnknownPlanException(plan.code(), access.store().name());
            }
            throw new CatalogConflictException(
                    conflict + "; it is at version " + found + " now (R23)",
                    change.key(),
                    access.store().name());
        }
        access.entitlements().forgetAll();
        return plan.withVersion(entry.get().revision());
    }

    private static Change required(@Nullable Change change) {
        return InvalidQuotaArgumentException.required("change (who, R44)", change);
    }
}
