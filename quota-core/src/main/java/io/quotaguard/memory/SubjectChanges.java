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
     * @param before the state before for the audit, or null
     */
    private record Step(
            SubjectEntries next,
            long expected,
            @Nullable Owner owner,
            @Nullable AuditState before) {}

    /** What a change does beside the entries, under the locks of the subject's meters. */
    private interface Effect {
        Effect NONE = new Effect() {};

        default @Nullable AuditState apply(Instant now) {
            return null;
        }

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
            Step step = new Step(
                    found.withSubscription(next), save.expected(), null, before == null ? null : AuditState.of(before));
            return save(command, request, step, saying(AuditState.of(next)), deadline);
        } else if (command instanceof SaveOverride save) {
            Step step = new Step(
                    found.withOverride(save.feature(), save.override()),
                    save.expected(),
                    null,
                    stateOf(found.overrides().get(save.feature())));
            return save(command, request, step, saying(stateOf(save.override())), deadline);
        } else if (command instanceof SaveMembership save) {
            return join(save, found, request, deadline);
        } else if (command instanceof SaveGrant save) {
            Grant grant = save.grant();
            Owner owner = new Owner(grant.subject(), grant.feature());
            Step step = new Step(found.withGrants(grant.feature(), true), save.expected(), owner, null);
            return save(command, request, step, granting(grant, owner, deadline), deadline);
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
        Step step = new Step(found.withPool(save.pool()), save.expected(), null, stateOf(found.pool()));
        return save(save, request, step, saying(stateOf(save.pool())), deadline);
    }

    private CatalogOutcome voidGrant(
            VoidGrant voiding, SubjectEntries found, ChangeRequest request, Deadline deadline) {
        for (String feature : found.everGranted()) {
            Owner owner = new Owner(voiding.subject(), feature);
            Meter meter = parts.meters().lock(owner, deadline, voiding.change().key());
            try {
                // The catalog's lock is held: neither are there more of them meanwhile, nor is one voided.
                for (MemoryGrant grant : meter.grants()) {
                    if (grant.id() == voiding.id()) {
                        return voidGrant(voiding, found, grant, meter, request, deadline);
                    }
                }
            } finally {
                parts.meters().release(meter);
            }
        }
        return new CatalogOutcome.NoSuchGrant(voiding.id());
    }

    private CatalogOutcome voidGrant(
            VoidGrant voiding,
            SubjectEntries found,
            MemoryGrant grant,
            Meter meter,
            ChangeRequest request,
            Deadline deadline) {
        if (grant.isVoided()) {
            return new CatalogOutcome.GrantVoided(grant.id());
        }
        boolean others = meter.grants().stream().anyMatch(other -> other != grant && !other.isVoided());
        Owner owner = meter.owner();
        Step step = new Step(
                found.withGrants(owner.feature(), others), voiding.expected(), owner, AuditState.of(grant.balance()));
        return save(voiding, request, step, emptying(grant), deadline);
    }

    private static Effect saying(@Nullable AuditState after) {
        return new Effect() {
            @Override
            public @Nullable AuditState apply(Instant now) {
                return after;
            }
        };
    }

    private Effect granting(Grant grant, Owner owner, Deadline deadline) {
        return new Effect() {
            private @Nullable MemoryGrant made;

            @Override
            public AuditState apply(Instant now) {
                MemoryGrant fresh = new MemoryGrant(grant.withId(++lastGrant), now);
                made = fresh;
                grants().add(fresh);
                return AuditState.of(fresh.balance());
            }

            @Override
            public void undo() {
                grants().remove(made);
            }

            /** The meter is locked by the change already, so that this finds it at once. */
            private List<MemoryGrant> grants() {
                Meter meter = parts.meters().lock(owner, deadline, null);
                try {
                    return meter.grants();
                } finally {
                    meter.lock().unlock();
                }
            }
        };
    }

    private static Effect emptying(MemoryGrant grant) {
        return new Effect() {
            private long left;

            @Override
            public AuditState apply(Instant now) {
                left = grant.balance().left();
                grant.voidAt(now);
                return AuditState.of(grant.balance());
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
            AuditState after = effect.apply(now);
            long alertId = realignment.reserve();
            if (alertId == Budget.FULL) {
                effect.undo();
                audit.giveBack();
                throw parts.alerts().budget().exceeded(key);
            }
            state.save(command.name(), step.next());
            List<Alert> alerts = realignment.fire(alertId);
            States states = new States(step.before(), after, step.next().revision());
            CatalogEntry entry = audit.write(entryId, request, command.change(), states, now);
            return new CatalogOutcome.Applied(entry, false, alerts);
        }
    }
}
