package io.quotaguard.plan;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.Change;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.SubjectCatalog.DefaultPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to make a store's plans those of a file: the dry run, from {@link Plans#apply}, which {@link #commit}
 * carries out. Plans that the file does not name are left alone. Immutable and thread-safe; what it says is what was read
 * when it was made.
 */
public final class PlanImport {
    private final Plans plans;
    private final CatalogAccess access;
    private final PlansFile file;
    private final Change change;
    private final DefaultPlan defaultBefore;
    private final Set<String> inFile;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final List<String> leftAlone = new ArrayList<>();
    private final List<Plan> inOrder;

    /** What a file means for one of its plans. */
    public enum Kind {
        /** The store does not have it yet. */
        NEW,
        /** The store has it otherwise. */
        CHANGED,
        /** The store has it just so. */
        UNCHANGED
    }

    /**
     * What a file means for one of its plans. Immutable.
     *
     * @param plan the plan as the file has it; its version is the one that was read, 0 for a new plan
     * @param kind what there is to do
     * @param differences field by field from what was read to what the file says; empty when the plan is unchanged
     */
    public record Step(Plan plan, Kind kind, List<AuditState.Difference> differences) {
        public Step {
            differences = List.copyOf(differences);
        }
    }

    PlanImport(Plans plans, CatalogAccess access, PlansFile file, Change change) {
        this.plans = plans;
        this.access = access;
        this.file = file;
        this.change = change;
        this.defaultBefore = plans.defaultChoice();
        this.inFile = file.plans().stream().map(Plan::code).collect(Collectors.toUnmodifiableSet());
        Map<String, Plan> found = new HashMap<>();
        for (Plan plan : plans.list()) {
            found.put(plan.code(), plan);
            if (!inFile.contains(plan.code())) {
                leftAlone.add(plan.code());
            }
        }
        for (int i = 0; i < file.plans().size(); i++) {
            Plan wanted = file.plans().get(i);
            steps.put(wanted.code(), step("plans[" + i + "]", wanted, found.get(wanted.code())));
        }
        String defaultPlan = file.defaultPlan();
        if (changesDefault() && defaultPlan != null) {
            requireThere("defaultPlan", defaultPlan);
        }
        this.inOrder = FallbackOrder.of(file.plans(), found.values());
    }

    /** Returns what there is to do about each plan of the file, in the file's order. */
    public List<Step> steps() {
        return List.copyOf(steps.values());
    }

    /** Returns the codes of the plans that the store has and the file does not: they stay as they are. */
    public List<String> leftAlone() {
        return List.copyOf(leftAlone);
    }

    /** Returns the change of the default plan, from code to code; empty when it stays. */
    public Optional<AuditState.Difference> defaultPlan() {
        return changesDefault()
                ? Optional.of(new AuditState.Difference("defaultPlan", defaultBefore.plan(), file.defaultPlan()))
                : Optional.empty();
    }

    /** Tells whether there is nothing to change. */
    public boolean isEmpty() {
        return !changesDefault() && steps.values().stream().allMatch(step -> step.kind() == Kind.UNCHANGED);
    }

    /**
     * Makes the changes, each a change of its own with its own audit row: a plan before those that fall back to it, the
     * default plan last. What was committed before a failure stays; applying the file anew does the rest.
     *
     * <p>Under a request key a second commit changes nothing more (R12); without one it is a conflict. Each change has a
     * key of its own, made of the request's key, the plan and the version that was read.
     *
     * @throws CatalogConflictException when somebody else changed one of the plans, or the default, since this was read
     */
    public void commit() {
        for (Plan ordered : inOrder) {
            Step step = steps.get(ordered.code());
            if (step == null || step.kind() == Kind.UNCHANGED) {
                continue;
            }
            Plan plan = step.plan();
            Change own = ImportKeys.own(change, "plan " + plan.code() + " " + plan.version());
            if (step.kind() == Kind.NEW) {
                plans.create(plan, own);
            } else {
                plans.update(plan, own);
            }
        }
        if (changesDefault()) {
            commitDefault();
        }
    }

    private void commitDefault() {
        DefaultPlan now = plans.defaultChoice();
        if (isWanted(now)) {
            return;
        }
        // Whoever chooses between this look and the change below is overwritten, as with every choice of default plan.
        if (now.revision() != defaultBefore.revision()) {
            throw access.conflict(
                    "default plan was " + shown(defaultBefore.plan()) + " and is " + shown(now.plan())
                            + " now, chosen by somebody else (R23)",
                    change);
        }
        plans.setDefault(file.defaultPlan(), ImportKeys.own(change, "default plan " + defaultBefore.revision()));
    }

    private boolean changesDefault() {
        return file.defaultPlan() != null && !isWanted(defaultBefore);
    }

    private boolean isWanted(DefaultPlan choice) {
        return choice.plan() != null && choice.plan().equals(file.defaultPlan());
    }

    private Step step(String path, Plan wanted, @Nullable Plan before) {
        if (before == null) {
            requireNeverDeleted(path, wanted.code());
        }
        List<AuditState.Difference> differences =
                AuditState.differences(before == null ? null : AuditState.of(before), AuditState.of(wanted));
        if (before != null && differences.isEmpty()) {
            return new Step(before, Kind.UNCHANGED, differences);
        }
        String fallback = wanted.fallback();
        if (fallback != null) {
            requireThere(path + ".fallback", fallback);
        }
        if (before == null) {
            return new Step(wanted, Kind.NEW, differences);
        }
        Plan edited = wanted.withVersion(before.version());
        try {
            PeriodChanges.requireNoneReopens(edited, access, access.deadline());
        } catch (InvalidQuotaArgumentException e) {
            throw e.at(path);
        }
        return new Step(edited, Kind.CHANGED, differences);
    }

    private void requireNeverDeleted(String path, String code) {
        if (access.catalog().plan(code, access.deadline()).filter(Plan::deleted).isPresent()) {
            throw InvalidQuotaArgumentException.of(
                    "R23", path + ".code", code, "is the code of a plan that was deleted, and is not given again");
        }
    }

    private void requireThere(String path, String code) {
        if (!inFile.contains(code) && plans.get(code).isEmpty()) {
            throw InvalidQuotaArgumentException.of("R4", path, code, "is a plan neither in the file nor in the store");
        }
    }

    private static String shown(@Nullable String plan) {
        return plan == null ? "(none)" : InvalidQuotaArgumentException.escape(plan);
    }

    /** Returns the changes as a person reads them, a line each; plans that stay as they are do not appear. */
    @Override
    public String toString() {
        return new ImportText(this).toString();
    }
}
