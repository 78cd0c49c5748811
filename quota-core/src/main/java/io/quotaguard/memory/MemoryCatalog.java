package io.quotaguard.memory;

import io.quotaguard.memory.AuditLog.Remembered;
import io.quotaguard.memory.AuditLog.States;
import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.SubjectCatalog.DefaultPlan;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogCommand.DeletePlan;
import io.quotaguard.spi.CatalogCommand.SaveDefaultPlan;
import io.quotaguard.spi.CatalogCommand.SavePlan;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.ChangeFeed;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Catalog changes, one at a time, each with its audit row (R44). Thread-safe; reads of what is in force take no lock. */
final class MemoryCatalog implements CatalogStore {
    private final StoreParts parts;
    private final CatalogState state;
    private final AuditLog audit;
    private final TimedLock lock;
    private final PlanReferences references;
    private final SubjectChanges subjects;
    private final CatalogReads reads;
    private final ChangeHints hints = new ChangeHints();

    MemoryCatalog(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.state = parts.catalog();
        this.audit = audit;
        this.lock = audit.lock();
        this.references = new PlanReferences(state);
        this.subjects = new SubjectChanges(parts, audit, references);
        this.reads = new CatalogReads(parts);
    }

    @Override
    public SubjectCatalog load(String subject, Deadline deadline) {
        return state.load(subject);
    }

    @Override
    public SubjectUsage usage(String subject, Deadline deadline) {
        return reads.usage(subject, deadline);
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
    public List<PlanVersion> versions(String code, Deadline deadline) {
        return state.versions(code);
    }

    @Override
    public List<FeatureOverride> overrides(OverrideQuery query, Deadline deadline) {
        return reads.overrides(query);
    }

    @Override
    public List<GrantBalance> grants(String subject, @Nullable String feature, Deadline deadline) {
        return reads.grants(subject, feature, deadline);
    }

    @Override
    public List<String> members(String pool, @Nullable String after, int max, Deadline deadline) {
        return reads.members(pool, after, max);
    }

    @Override
    public List<SubjectUsage> subscribers(String plan, @Nullable String after, int max, Deadline deadline) {
        return reads.subscribers(plan, after, max, deadline);
    }

    @Override
    public List<CatalogEntry> history(CatalogQuery query, Deadline deadline) {
        return locked(deadline, "the audit", () -> audit.read(query));
    }

    @Override
    public ChangeFeed changes(@Nullable String cursor, int max, Deadline deadline) {
        return locked(deadline, "the audit", () -> {
            long seen = cursor == null ? audit.newest() : position(cursor);
            List<CatalogEntry> entries = audit.after(seen, max);
            long last =
                    entries.isEmpty() ? seen : entries.get(entries.size() - 1).id();
            return new ChangeFeed(entries, Long.toString(last), entries.size() == max);
        });
    }

    private static long position(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw new InvalidQuotaArgumentException("cursor must be one that this store gave", cursor, e);
        }
    }

    @Override
    public Registration onHint(Runnable hint) {
        return hints.add(hint);
    }

    private <T> T locked(Deadline deadline, String what, Supplier<T> read) {
        lock.acquire(deadline, what, null);
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CatalogOutcome apply(CatalogCommand command, Deadline deadline) {
        CatalogOutcome outcome;
        lock.acquire(deadline, "the catalog", command.change().key());
        try {
            outcome = decide(command, ChangeRequest.of(command), deadline);
        } finally {
            lock.unlock();
        }
        if (outcome instanceof CatalogOutcome.Applied applied && !applied.replayed()) {
            hints.give();
        }
        return outcome;
    }

    private CatalogOutcome decide(CatalogCommand command, ChangeRequest request, Deadline deadline) {
        Remembered known = audit.remembered(command.change());
        if (known != null) {
            return known.request().equals(request)
                    ? new CatalogOutcome.Applied(known.entry(), true, List.of())
                    : new CatalogOutcome.KeyConflict(
                            String.valueOf(command.change().key()));
        }
        return apply(command, request, deadline);
    }

    private CatalogOutcome apply(CatalogCommand command, ChangeRequest request, Deadline deadline) {
        if (command instanceof SavePlan save) {
            return savePlan(save, request, deadline);
        } else if (command instanceof DeletePlan delete) {
            return deletePlan(delete, request, deadline);
        } else if (command instanceof SaveDefaultPlan save) {
            return saveDefaultPlan(save, request, deadline);
        }
        return subjects.apply(command, request, deadline);
    }

    private CatalogOutcome savePlan(SavePlan save, ChangeRequest request, Deadline deadline) {
        Plan found = state.plan(save.plan().code());
        long version = found == null ? 0 : found.version();
        if (version != save.expectedVersion() || (found != null && found.deleted())) {
            return new CatalogOutcome.Moved(version);
        }
        CatalogOutcome fault =
                references.fallbackFault(save.plan().code(), save.plan().fallback());
        return fault != null ? fault : savePlan(found, save.plan(), request, save.change(), deadline);
    }

    private CatalogOutcome deletePlan(DeletePlan delete, ChangeRequest request, Deadline deadline) {
        Plan found = state.plan(delete.code());
        if (found == null || found.deleted()) {
            return new CatalogOutcome.NoSuchPlan(delete.code());
        } else if (found.version() != delete.expectedVersion()) {
            return new CatalogOutcome.Moved(found.version());
        }
        CatalogOutcome fault = references.fallbackFault(delete.code(), delete.replacement());
        if (fault != null) {
            return fault;
        }
        String user = delete.replacement() == null
                ? references.user(delete.code(), parts.clock().instant())
                : null;
        if (user != null) {
            return new CatalogOutcome.PlanInUse(delete.code(), user);
        }
        Plan last = found.withStatus(Plan.Status.DELETED).withFallback(delete.replacement());
        return savePlan(found, last, request, delete.change(), deadline);
    }

    private CatalogOutcome savePlan(
            @Nullable Plan found, Plan wanted, ChangeRequest request, Change change, Deadline deadline) {
        Plan next = wanted.withVersion(found == null ? 1 : found.version() + 1);
        Instant now = parts.clock().instant();
        long id = audit.reserve(now, change);
        state.save(next, now);
        States states = new States(found == null ? null : AuditState.of(found), AuditState.of(next), next.version());
        CatalogEntry entry = audit.write(id, request, change, states, now);
        return published(entry, deadline);
    }

    private CatalogOutcome saveDefaultPlan(SaveDefaultPlan save, ChangeRequest request, Deadline deadline) {
        Plan chosen = save.plan() == null ? null : state.plan(save.plan());
        if (save.plan() != null && (chosen == null || chosen.deleted())) {
            return new CatalogOutcome.NoSuchPlan(save.plan());
        }
        DefaultPlan found = state.defaultPlan();
        DefaultPlan next = new DefaultPlan(save.plan(), found.revision() + 1);
        Instant now = parts.clock().instant();
        long id = audit.reserve(now, save.change());
        state.save(next);
        States states = new States(stateOf(found), stateOf(next), next.revision());
        CatalogEntry entry = audit.write(id, request, save.change(), states, now);
        return published(entry, deadline);
    }

    private static @Nullable AuditState stateOf(DefaultPlan choice) {
        return choice.plan() == null ? null : AuditState.ofDefaultPlan(choice.plan());
    }

    /** A change of everyone's terms is answered when nobody decides by the old ones any more. */
    private CatalogOutcome published(CatalogEntry entry, Deadline deadline) {
        try {
            parts.grace().await(deadline);
        } catch (QuotaUnavailableException e) {
            // The change stands whether or not the last decisions under the old terms were waited for.
        }
        return new CatalogOutcome.Applied(entry, false, List.of());
    }
}
