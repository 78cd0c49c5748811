package io.quotaguard.plan;

import io.quotaguard.model.CatalogConflictException;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Change;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanInUseException;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.UnknownPlanException;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the rooms that change the catalog share: the store, the cache to keep fresh, and the bound on every wait.
 *
 * @param store where the catalog is
 * @param entitlements the cache of what is resolved from it
 * @param timeout how long one call may take in all (R45)
 * @param alertsFired told when a change fired alerts (R30), so that they are delivered at once
 */
public record CatalogAccess(QuotaStore store, Entitlements entitlements, Duration timeout, Runnable alertsFired) {

    Deadline deadline() {
        return Deadline.after(timeout);
    }

    CatalogStore catalog() {
        return store.catalog();
    }

    /** The store's time as far as it is known, cut to what every store keeps. */
    Instant now() {
        return store.clock().instant().truncatedTo(ChronoUnit.MICROS);
    }

    SubjectCatalog load(String subject, Deadline deadline) {
        return catalog().load(subject, deadline);
    }

    /**
     * Returns the current version of a plan, and of each that takes the place of a deleted one after it.
     *
     * @throws UnknownPlanException when there never was such a plan
     */
    List<Plan> planAndReplacements(String code, Deadline deadline) {
        Map<String, Plan> found = new LinkedHashMap<>();
        String next = code;
        while (next != null && !found.containsKey(next) && found.size() < SubjectCatalog.MAX_FALLBACKS) {
            String wanted = next;
            Plan plan = catalog().plan(wanted, deadline).orElseThrow(() -> unknown(wanted));
            found.put(wanted, plan);
            next = plan.deleted() ? plan.fallback() : null;
        }
        return List.copyOf(found.values());
    }

    UnknownPlanException unknown(String code) {
        return new UnknownPlanException(code, store.name());
    }

    CatalogConflictException conflict(String message, Change change) {
        return new CatalogConflictException(message + "; nothing was changed", change.key(), store.name());
    }

    static Change required(@Nullable Change change) {
        return InvalidQuotaArgumentException.required("change (who, R44)", change);
    }

    /** Makes one change from what it finds. */
    @FunctionalInterface
    interface Attempt {
        /** Reads the present state and returns the change for it, as of {@code now}, the store's time. */
        CatalogCommand make(Instant now, Deadline deadline);
    }

    /** Applies a change that is made anew from what it finds, until it meets no other change, or the deadline. */
    CatalogEntry applyFresh(Deadline deadline, Attempt attempt) {
        Instant now = now();
        while (true) {
            CatalogCommand command = attempt.make(now, deadline);
            CatalogOutcome outcome = catalog().apply(command, deadline);
            if (outcome instanceof CatalogOutcome.StaleClock stale) {
                // This node's clock is wrong, or time went on meanwhile: the store's own time is the one that counts
                // (R19).
                now = stale.storeTime().truncatedTo(ChronoUnit.MICROS);
            }
            Optional<CatalogEntry> entry = applied(command, outcome);
            if (entry.isPresent()) {
                return entry.get();
            }
            if (deadline.hasPassed()) {
                throw new CatalogConflictException(
                        "other changes kept coming first until the deadline; nothing was changed, try again",
                        command.change().key(),
                        store.name());
            }
        }
    }

    /** Returns the audit row of a change that went through, or empty when it met a state other than the expected. */
    Optional<CatalogEntry> applied(CatalogCommand command, CatalogOutcome outcome) {
        if (outcome instanceof CatalogOutcome.Applied applied) {
            if (!applied.alerts().isEmpty()) {
                alertsFired.run();
            }
            return Optional.of(applied.entry());
        }
        String key = command.change().key();
        if (outcome instanceof CatalogOutcome.NoSuchPlan missing) {
            throw unknown(missing.plan());
        } else if (outcome instanceof CatalogOutcome.PlanInUse inUse) {
            throw new PlanInUseException(inUse.plan(), inUse.by(), key, store.name());
        } else if (outcome instanceof CatalogOutcome.FallbackCycle cycle) {
            throw new InvalidQuotaArgumentException(
                    "fallback plans must not lead back to where they began (R4)", String.join(" → ", cycle.path()));
        } else if (outcome instanceof CatalogOutcome.NoSuchGrant missing) {
            throw InvalidQuotaArgumentException.of("R38", "grant", missing.id(), "is none of the subject's");
        } else if (outcome instanceof CatalogOutcome.GrantVoided voided) {
            throw InvalidQuotaArgumentException.of("R38", "grant", voided.id(), "was voided before");
        } else if (outcome instanceof CatalogOutcome.PoolCycle cycle) {
            throw new InvalidQuotaArgumentException(
                    "pools must not lead back to the member (R40)", String.join(" → ", cycle.path()));
        } else if (outcome instanceof CatalogOutcome.PoolTooDeep deep) {
            throw InvalidQuotaArgumentException.of(
                    "R40", "levels of pools", deep.levels(), "are more than " + SaveMembership.MAX_POOL_LEVELS);
        } else if (outcome instanceof CatalogOutcome.KeyConflict conflict) {
            throw new IdempotencyConflictException(
                    "key " + InvalidQuotaArgumentException.escape(conflict.key())
                            + " was used for another change of the catalog (R12)",
                    conflict.key(),
                    store.name());
        }
        return Optional.empty();
    }
}
