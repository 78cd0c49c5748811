package io.quotaguard.memory;

import io.quotaguard.memory.AuditLog.States;
import io.quotaguard.model.Alert;
import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveGrant;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.CatalogCommand.VoidGrant;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Deadline;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of what one subject has of its own. Its caller holds the catalog's lock, so that they come one at a time. */
final class SubjectChanges {
    private final StoreParts parts;
    private final CatalogState state;
    private final AuditLog audit;
    private final PlanReferences references;
    private final PoolLevels pools;
    private long lastGrant;

    SubjectChanges(StoreParts parts, AuditLog audit, PlanReferences references) {
        this.parts = parts;
        this.state = parts.catalog();
        this.audit = audit;
        this.references = references;
        this.pools = new PoolLevels(state);
    }

    /**
     * A change worked out.
     *
     * @param owner whose grants change with it, or null
     */
    private record Step(
            SubjectEntries next, long expected, @Nullable Owner owner) {}

    /** What the audit is told of a change. */
    private record Told(
            @Nullable AuditState before, @Nullable AuditState after) {}

    /** What a change does beside the entries, under the locks of the subject's meters. */
    private interface Effect {
        /** Does it, and returns the states before and after it for the audit. */
        Told apply(Realignment locked, Instant now);

        /** Undoes it: there was no room for the alerts that it would have fired. */
        default void undo() {}
    }

    CatalogOutcome apply(CatalogCommand command, ChangeRequest request, Deadline deadline) {
        SubjectEntries found = state.entries(command.name());
        if (command instanceof SaveSubscription save) {
            // Of a subscription that has ended only the audit is left, whatever became of its plans.
            Subscription next = save.subscription();
            String missing = next.endedBy(save.madeAt()) ? null : references.missing(next);
            if (missing != null && found.revision() == save.expected()) {
                return new CatalogOutcome.NoSuchPlan(missing);
            }
            Subscription before = found.subscription();
            Step step = new Step(found.withSubscription(next), save.expected(), null);
            Effect told = saying(before == null ? null : AuditState.of(before), AuditState.of(next));
            return save(command, request, step, told, deadline);
        } else if (command instanceof SaveOverride save) {
            Step step = new Step(found.withOverride(save.feature(), save.override()), save.expected(), null);
            Effect told = saying(stateOf(found.overrides().get(save.feature())), stateOf(save.override()));
            return save(command, request, step, told, deadline);
        } else if (command instanceof SaveMembership save) {
            return join(save, found, request, deadline);
        } else if (command instanceof SaveGrant save) {
            Grant grant = save.grant();
            Owner owner = new Owner(grant.subject(), grant.feature());
            Step step = new Step(found.withGrants(grant.feature(), true), save.expected(), owner);
            return save(command, request, step, granting(grant, owner), deadline);
        } else if (command instanceof VoidGrant voiding) {
            return voidGrant(voiding, found, request, deadline);
        }
        throw new IllegalStateException("a change of a kind unknown to this store: " + command.getClass());
    }

    private static @Nullable AuditState stateOf(@Nullable FeatureOverride override) {
        return override == null ? null : AuditState.of(override);
    }

    private static @Nullable AuditState stateOf(@Nullable String pool) {
        return pool == null ? null : AuditState.ofMembership(pool);
    }

    private CatalogOutcome join(SaveMembership save, SubjectEntries found, ChangeRequest request, Deadline deadline) {
        CatalogOutcome fault = save.pool() == null ? null : pools.fault(save.subject(), save.pool());
        if (fault != null && found.revision() == save.expected()) {
            return fault;
        }
        Step step = new Step(found.withPool(save.pool()), save.expected(), null);
        return save(save, request, step, saying(stateOf(found.pool()), stateOf(save.pool())), deadline);
    }

    private CatalogOutcome voidGrant(
            VoidGrant voiding, SubjectEntries found, ChangeRequest request, Deadline deadline) {
        for (String feature : found.everGranted()) {
            Owner owner = new Owner(voiding.subject(), feature);
            Meter meter = parts.meters().lock(owner, deadline, voiding.change().key());
            List<MemoryGrant> grants;
            try {
                grants = List.copyOf(meter.grants());
            } finally {
                // Not kept: the change locks all of the subject's meters, in their order.
                parts.meters().release(meter);
            }
            // The catalog's lock is held: neither are there more of them meanwhile, nor is one voided.
            for (MemoryGrant grant : grants) {
                if (grant.id() == voiding.id() && grant.isVoided()) {
                    return new CatalogOutcome.GrantVoided(grant.id());
                } else if (grant.id() == voiding.id()) {
                    boolean others = grants.stream().anyMatch(other -> other != grant && !other.isVoided());
                    Step step = new Step(found.withGrants(feature, others), voiding.expected(), owner);
                    return save(voiding, request, step, emptying(grant), deadline);
                }
            }
        }
        return new CatalogOutcome.NoSuchGrant(voiding.id());
    }

    private static Effect saying(@Nullable AuditState before, @Nullable AuditState after) {
        return (locked, now) -> new Told(before, after);
    }

    private Effect granting(Grant grant, Owner owner) {
        return new Effect() {
            private List<MemoryGrant> grants = List.of();

            @Override
            public Told apply(Realignment locked, Instant now) {
                MemoryGrant made = new MemoryGrant(grant.withId(++lastGrant), now);
                grants = locked.meter(owner).grants();
                grants.add(made);
                return new Told(null, AuditState.of(made.balance()));
            }

            @Override
            public void undo() {
                grants.remove(grants.size() - 1);
            }
        };
    }

    private static Effect emptying(MemoryGrant grant) {
        return new Effect() {
            private long left;

            @Override
            public Told apply(Realignment locked, Instant now) {
                AuditState before = AuditState.of(grant.balance());
                left = grant.balance().left();
                grant.voidAt(now);
                return new Told(before, AuditState.of(grant.balance()));
            }

            @Override
            public void undo() {
                grant.restore(left);
            }
        };
    }

    private CatalogOutcome save(
            CatalogCommand command, ChangeRequest request, Step step, Effect effect, Deadline deadline) {
        if (step.next().revision() != step.expected() + 1) {
            return new CatalogOutcome.Moved(step.next().revision() - 1);
        }
        String key = command.change().key();
        try (Realignment realignment =
                Realignment.lock(command.name(), command.realign(), step.owner(), parts, deadline, key)) {
            Instant now = parts.clock().instant();
            boolean timely = !(command instanceof SaveSubscription save) || save.isTimely(now);
            if (!timely || !realignment.holdsAt(now)) {
                return new CatalogOutcome.StaleClock(now);
            }
            long entryId = audit.reserve(now, command.change());
            Told told = effect.apply(realignment, now);
            long alertId = realignment.reserve();
            if (alertId == Budget.FULL) {
                effect.undo();
                audit.giveBack();
                throw parts.alerts().budget().exceeded(key);
            }
            state.save(command.name(), step.next());
            List<Alert> alerts = realignment.fire(alertId);
            States states = new States(told.before(), told.after(), step.next().revision());
            CatalogEntry entry = audit.write(entryId, request, command.change(), states, now);
            return new CatalogOutcome.Applied(entry, false, alerts);
        }
    }
}
