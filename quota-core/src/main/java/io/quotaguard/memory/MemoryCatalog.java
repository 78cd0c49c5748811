package io.quotaguard.memory;

import io.quotaguard.memory.AuditLog.Remembered;
import io.quotaguard.memory.AuditLog.States;
import io.quotaguard.memory.CatalogState.SubjectEntries;
import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.SubjectCatalog.DefaultPlan;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogCommand.SaveSubscription;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Catalog changes, one at a time, each with its audit row (R44). Thread-safe; reads of what is in force take no lock. */
final class MemoryCatalog implements CatalogStore {
    private final StoreParts parts;
    private final CatalogState state;
    private final AuditLog audit;
    private final TimedLock lock;

    MemoryCatalog(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.state = parts.catalog();
        this.audit = audit;
        this.lock = audit.lock();
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        return state.load(subject);
    }

    @Override
    public Optional<Plan> plan(String code, Deadline deadline) {
        return Optional.ofNullable(state.plan(code));
    }

    @Override
    public Optional<Plan> plan(String code, long version, Deadline deadline) {
        return Optional.ofNullable(state.plan(code, version));
    }

    @Override
    public List<Plan> plans(Deadline deadline) {
        return state.plans();
    }

    @Override
    public List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        lock.acquire(deadline, "the audit", null);
        try {
            return audit.read(query);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        lock.acquire(deadline, "the catalog", command.change().key());
        try {
            ChangeRequest request = ChangeRequest.of(command);
            Remembered known = audit.remembered(command.change());
            if (known != null) {
                return known.request().equals(request)
                        ? new CatalogOutcome.Applied(known.entry(), true, List.of())
                        : new CatalogOutcome.KeyConflict(
                                String.valueOf(command.change().key()));
            }
            return apply(command, request, deadline);
        } finally {
            lock.unlock();
        }
    }

    private CatalogOutcome apply(CatalogCommand command, ChangeRequest request, Deadline deadline) {
        if (command instanceof SavePlan save) {
            return savePlan(save, request, deadline);
        } else if (command instanceof SaveDefaultPlan save) {
            return saveDefaultPlan(save, request, deadline);
        } else if (command instanceof SaveSubscription save) {
            Subscription next = save.subscription();
            SubjectEntries found = state.entries(next.subject());
            String missing = missingPlan(next);
            if (missing != null && found.revision() == save.expected()) {
                return new CatalogOutcome.NoSuchPlan(missing);
            }
            States states = new States(CatalogText.of(found.subscription()), CatalogText.of(next), save.expected() + 1);
            return saveEntries(save, request, found.withSubscription(next), states, save.realign(), deadline);
        } else if (command instanceof SaveOverride save) {
            SubjectEntries found = state.entries(save.subject());
            States states = new States(
                    CatalogText.of(found.overrides().get(save.feature())),
                    CatalogText.of(save.override()),
                    save.expected() + 1);
            SubjectEntries next = found.withOverride(save.feature(), save.override());
            return saveEntries(save, request, next, states, save.realign(), deadline);
        }
        throw new IllegalStateException("a change of a kind unknown to this store: " + command.getClass());
    }

    private CatalogOutcome savePlan(SavePlan save, ChangeRequest request, Deadline deadline) {
        Plan found = state.plan(save.plan().code());
        long version = found == null ? 0 : found.version();
        if (version != save.expectedVersion()) {
            return new CatalogOutcome.Moved(version);
        }
        Plan next = save.plan().withVersion(version + 1);
        Instant now = parts.clock().instant();
        long id = audit.reserve(now, save.change());
        state.save(next);
        States states = new States(CatalogText.of(found), CatalogText.of(next), next.version());
        CatalogEntry entry = audit.write(id, request, save.change(), states, now);
        return published(entry, deadline);
    }

    private CatalogOutcome saveDefaultPlan(SaveDefaultPlan save, ChangeRequest request, Deadline deadline) {
        if (save.plan() != null && state.plan(save.plan()) == null) {
            return new CatalogOutcome.NoSuchPlan(save.plan());
        }
        DefaultPlan found = state.defaultPlan();
        DefaultPlan next = new DefaultPlan(save.plan(), found.revision() + 1);
        Instant now = parts.clock().instant();
        long id = audit.reserve(now, save.change());
        state.save(next);
        States states = new States(
                CatalogText.ofDefaultPlan(found.plan()), CatalogText.ofDefaultPlan(next.plan()), next.revision());
        CatalogEntry entry = audit.write(id, request, save.change(), states, now);
        return published(entry, deadline);
    }

    /** A change of everyone's terms is answered when nobody decides by the old ones any more. */
    private CatalogOutcome published(CatalogEntry entry, Deadline deadline) {
        try {
            parts.meters().awaitDeciding(deadline);
        } catch (QuotaUnavailableException e) {
            // The change stands whether or not the last decisions under the old terms were waited for.
        }
        return new CatalogOutcome.Applied(entry, false, List.of());
    }

    private CatalogOutcome saveEntries(
            CatalogCommand command,
            ChangeRequest request,
            SubjectEntries next,
            States states,
            List<Line> realign,
            Deadline deadline) {
        if (next.revision() != states.revision()) {
            return new CatalogOutcome.Moved(next.revision() - 1);
        }
        String subject = request.name();
        String key = command.change().key();
        try (Realignment realignment = Realignment.lock(subject, realign, parts, deadline, key)) {
            Instant now = parts.clock().instant();
            if (!realignment.holdsAt(now)) {
                return new CatalogOutcome.StaleClock(now);
            }
            long entryId = audit.reserve(now, command.change());
            long alertId = realignment.reserve(now);
            if (alertId == Budget.FULL) {
                audit.giveBack();
                throw parts.alerts().budget().exceeded(key);
            }
            state.save(subject, next);
            List<Alert> alerts = realignment.fire(alertId, now);
            CatalogEntry entry = audit.write(entryId, request, command.change(), states, now);
            return new CatalogOutcome.Applied(entry, false, alerts);
        }
    }

    /** Returns the code of a plan, or of a pinned version of one, that does not exist; null when all do. */
    private @Nullable String missingPlan(Subscription subscription) {
        for (Subscription.Phase phase : subscription.phases()) {
            Long pinned = phase.pinnedVersion();
            Plan plan = pinned == null ? state.plan(phase.plan()) : state.plan(phase.plan(), pinned);
            if (plan == null) {
                return phase.plan();
            }
        }
        return null;
    }
}
