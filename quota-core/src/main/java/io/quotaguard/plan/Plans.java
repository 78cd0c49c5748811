package io.quotaguard.plan;

import static io.quotaguard.plan.CatalogAccess.required;

import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanConflictException;
import io.quotaguard.model.PlanInUseException;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.UnknownPlanException;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The plans on offer: create, edit, end, choose the default, read, and who changed what (R23, R44). Thread-safe. */
public final class Plans {
    /** The default is read with any subject's catalog; nothing is known or asked of this one. */
    private static final String ANYBODY = "-";

    private final CatalogAccess access;
    private final PlanPreviews previews;

    /** Made by the front door; hosts get theirs from {@code quota.plans()}. */
    public Plans(CatalogAccess access) {
        this.access = access;
        this.previews = new PlanPreviews(access);
    }

    /**
     * Creates a plan.
     *
     * @return the plan as stored, version 1
     * @throws CatalogConflictException when a plan with this code exists or existed
     * @throws UnknownPlanException when there is no plan of the code that it names as its fallback
     */
    public Plan create(Plan plan, Change change) {
        InvalidQuotaArgumentException.required("plan", plan);
        return save(new SavePlan(plan, 0, required(change)));
    }

    /**
     * Replaces a plan by an edited copy of it, as its next version; subscribers that follow the plan get the new terms at
     * once, and what was used stays used (R20, R23). It costs the same for one subscriber and for a million: alerts that
     * the edit alone would fire or arm again come with each subscriber's next use (R29, R30); {@link #preview} tells whose.
     *
     * @param plan the edited copy, from {@link Plan#edit}; its version is the one that was read
     * @return the plan as stored
     * @throws PlanConflictException when the plan has moved on from that version; it shows both
     * @throws UnknownPlanException when there is no such plan, or none that it names as its fallback
     * @throws InvalidQuotaArgumentException when a reset period would go back into a window that an earlier edit left
     *     (R17), or the fallbacks would lead back to the plan
     */
    public Plan update(Plan plan, Change change) {
        requireStored(plan);
        PeriodChanges.requireNoneReopens(plan, access, access.deadline());
        return save(new SavePlan(plan, plan.version(), required(change)));
    }

    /** Lets subscribers use a plan again. */
    public Plan activate(String code, Change change) {
        return setActive(Names.requirePlan(code), true, change);
    }

    /** Refuses every use of a plan, with its own reason, until it is activated (R4). */
    public Plan deactivate(String code, Change change) {
        return setActive(Names.requirePlan(code), false, change);
    }

    /**
     * Ends a plan that nothing names any more; its versions stay readable, and its code is not given again.
     *
     * @throws PlanInUseException when a subscription, a fallback or the default still names it
     */
    public void delete(String code, Change change) {
        delete(Names.requirePlan(code), null, required(change));
    }

    /**
     * Ends a plan and puts another in its place, for everyone at once and at the cost of one change (R20, R21).
     *
     * @param replacement the code of the plan that its subscribers have from now on
     */
    public void deleteReplacedBy(String code, String replacement, Change change) {
        delete(Names.requirePlan(code), Names.requirePlan(replacement), required(change));
    }

    /** Chooses the plan of subjects without a subscription; null for none. */
    public void setDefault(@Nullable String code, Change change) {
        if (code != null) {
            Names.requirePlan(code);
        }
        access.applyFresh(access.deadline(), (now, deadline) -> new SaveDefaultPlan(code, required(change)));
        access.entitlements().forgetAll();
    }

    /** Returns the code of the plan of subjects without a subscription. */
    public Optional<String> defaultPlan() {
        return Optional.ofNullable(defaultChoice().plan());
    }

    /**
     * Tells what it would take to make the plans those of a file; nothing is changed before {@link PlanImport#commit}.
     *
     * @throws InvalidQuotaArgumentException when the file wants what cannot be, such as a plan that was deleted
     */
    public PlanImport apply(PlansFile file, Change change) {
        return new PlanImport(
                this, access, InvalidQuotaArgumentException.required("plans file", file), required(change));
    }

    /** Returns the choice of default plan with its revision. */
    SubjectCatalog.DefaultPlan defaultChoice() {
        return access.load(ANYBODY, access.deadline()).defaultPlan();
    }

    /** Returns the current version of a plan; empty when there is none, or it is deleted. */
    public Optional<Plan> get(String code) {
        return access.catalog().plan(Names.requirePlan(code), access.deadline()).filter(plan -> !plan.deleted());
    }

    /** Returns one version of a plan, current or past, also of a deleted one. */
    public Optional<Plan> get(String code, long version) {
        return access.catalog().plan(Names.requirePlan(code), version, access.deadline());
    }

    /** Returns every version that a plan ever had, the oldest first. */
    public List<PlanVersion> versions(String code) {
        return access.catalog().versions(Names.requirePlan(code), access.deadline());
    }

    /** Returns the current version of every plan, by display order and then code. */
    public List<Plan> list() {
        return access.catalog().plans(access.deadline()).stream()
                .sorted(Comparator.comparingInt((Plan plan) -> plan.offer().displayOrder())
                        .thenComparing(Plan::code))
                .toList();
    }

    /**
     * Tells what an edit would do to those who have the plan, before anything is changed.
     *
     * @param plan the edited copy, as for {@link #update}
     * @param timeout how long it may take; it reads every subscriber's counters
     */
    public Preview preview(Plan plan, Duration timeout) {
        requireStored(plan);
        return previews.edit(plan, Deadline.after(timeout));
    }

    /** Tells what {@link #deleteReplacedBy} would do to those who have the plan, before anything is changed. */
    public Preview previewReplacement(String code, String replacement, Duration timeout) {
        return previews.replacement(Names.requirePlan(code), Names.requirePlan(replacement), Deadline.after(timeout));
    }

    /** Returns the newest {@code limit} audit rows of a plan, newest first (R44). */
    public List<CatalogEntry> history(String code, int limit) {
        CatalogQuery query =
                CatalogQuery.about(Entity.PLAN).name(Names.requirePlan(code)).pageSize(limit);
        return access.catalog().history(query, access.deadline());
    }

    private static void requireStored(Plan plan) {
        if (InvalidQuotaArgumentException.required("plan", plan).version() < 1) {
            throw InvalidQuotaArgumentException.of(
                    "R23", "plan version", plan.version(), "was never stored; read the plan, edit that, and update it");
        }
    }

    private Plan save(SavePlan command) {
        Plan wanted = command.plan();
        CatalogOutcome outcome = access.catalog().apply(command, access.deadline());
        Optional<CatalogEntry> entry = access.applied(command, outcome);
        if (entry.isEmpty()) {
            throw conflict(command);
        }
        Plan stored = wanted.withVersion(entry.get().revision());
        access.entitlements().learn(stored);
        return stored;
    }

    private RuntimeException conflict(SavePlan command) {
        Plan wanted = command.plan();
        Optional<Plan> found = access.catalog().plan(wanted.code(), access.deadline());
        if (found.isEmpty()) {
            return access.unknown(wanted.code());
        } else if (found.get().deleted()) {
            return access.conflict(
                    "plan " + wanted.code() + " is deleted, and its code is not given again (R23)", command.change());
        } else if (command.expectedVersion() == 0) {
            return access.conflict(
                    "a plan with the code " + wanted.code() + " exists already, at version "
                            + found.get().version() + "; read and update it instead (R23)",
                    command.change());
        }
        return new PlanConflictException(
                wanted, found.get(), command.change().key(), access.store().name());
    }

    private Plan setActive(String code, boolean active, Change change) {
        required(change);
        Plan[] saved = new Plan[1];
        CatalogEntry entry = access.applyFresh(access.deadline(), (now, deadline) -> {
            Plan found = access.catalog().plan(code, deadline).orElseThrow(() -> access.unknown(code));
            if (found.deleted()) {
                throw access.unknown(code);
            }
            saved[0] = found.withActive(active);
            return new SavePlan(saved[0], found.version(), (active ? "activate " : "deactivate ") + code, change);
        });
        Plan stored = saved[0].withVersion(entry.revision());
        access.entitlements().learn(stored);
        return stored;
    }

    private void delete(String code, @Nullable String replacement, Change change) {
        access.applyFresh(access.deadline(), (now, deadline) -> {
            Plan found = access.catalog().plan(code, deadline).orElseThrow(() -> access.unknown(code));
            return new DeletePlan(code, replacement, found.version(), change);
        });
        access.entitlements().forgetAll();
    }
}
