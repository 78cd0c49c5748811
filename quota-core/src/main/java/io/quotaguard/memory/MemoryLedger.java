package io.quotaguard.memory;

import io.quotaguard.memory.AuditLog.States;
import io.quotaguard.model.AuditState;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Drift;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads over the entries that turns left behind. Thread-safe: a read locks meters only to take views of their entries,
 * and looks through these afterwards, so that however long a history is, no check waits for it.
 */
final class MemoryLedger implements LedgerStore {
    private static final Comparator<Drift> BY_WINDOW =
            Comparator.comparing(drift -> drift.window().start());

    private final StoreParts parts;
    private final AuditLog audit;
    private final LedgerReads reads;

    MemoryLedger(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.audit = audit;
        this.reads = new LedgerReads(parts);
    }

    @Override
    public List<UsageRecord> records(UsageQuery query, Deadline deadline) {
        NavigableSet<Owner> owners = parts.meters().ownersOf(query.subject());
        if (query.feature() != null) {
            owners.retainAll(Set.of(new Owner(query.subject(), query.feature())));
        }
        PriorityQueue<NewestFirst> logs = new PriorityQueue<>(NewestFirst.ORDER);
        for (List<LedgerEntry> view : views(owners, deadline)) {
            NewestFirst log = new NewestFirst(view, query.before());
            if (log.hasNext()) {
                logs.add(log);
            }
        }
        List<UsageRecord> page = new ArrayList<>();
        while (!logs.isEmpty() && page.size() < query.pageSize()) {
            NewestFirst log = logs.remove();
            LedgerEntry entry = log.next();
            if (entry.isRow()) {
                UsageRecord row = entry.row();
                if (query.matches(row)) {
                    page.add(row);
                }
            }
            if (log.hasNext()) {
                logs.add(log);
            }
        }
        return page;
    }

    @Override
    public Optional<UsageRecord> record(long id, Deadline deadline) {
        return reads.record(id, deadline);
    }

    @Override
    public List<UsageRecord> use(String subject, String feature, String key, Deadline deadline) {
        return reads.use(new Owner(subject, feature), key, deadline);
    }

    @Override
    public Optional<HeldUnits> reservation(UUID id, Deadline deadline) {
        return reads.reservation(id, deadline);
    }

    @Override
    public List<UsageSum> sums(String subject, @Nullable String feature, List<Instant> bounds, Deadline deadline) {
        NavigableSet<Owner> owners = parts.meters().ownersOf(subject);
        owners.removeIf(owner -> feature != null && !owner.feature().equals(feature));
        return LedgerSums.sums(views(owners, deadline), bounds);
    }

    @Override
    public List<TopUser> top(String feature, Instant from, Instant to, int max, Deadline deadline) {
        return reads.top(feature, from, to, max, deadline);
    }

    @Override
    public Pace pace(String subject, String feature, Window window, Deadline deadline) {
        return LedgerSums.pace(
                reads.view(new Owner(subject, feature), window, deadline),
                parts.clock().instant());
    }

    @Override
    public List<PoolShare> shares(String pool, String feature, Window window, int max, Deadline deadline) {
        return LedgerSums.shares(reads.view(new Owner(pool, feature), window, deadline), pool, max);
    }

    /** Views all features in one step, so that of a command over several of them all rows are seen or none. */
    private List<List<LedgerEntry>> views(NavigableSet<Owner> owners, Deadline deadline) {
        try (LockedMeters meters = LockedMeters.lock(owners, parts.meters(), deadline, null)) {
            return meters.counters().stream()
                    .map(counter -> counter.log().view())
                    .toList();
        }
    }

    @Override
    public List<Drift> verify(Deadline deadline) {
        List<Drift> drifts = new ArrayList<>();
        for (Owner owner : parts.meters().owners()) {
            List<Found> found = new ArrayList<>();
            Meter meter = parts.meters().lock(owner, deadline, null);
            try {
                meter.counters().forEach(counter -> found.add(Found.of(counter)));
            } finally {
                parts.meters().release(meter);
            }
            found.stream()
                    .filter(Found::drifts)
                    .map(Found::drift)
                    .sorted(BY_WINDOW)
                    .forEach(drifts::add);
        }
        return drifts;
    }

    @Override
    public List<Drift> repair(Change change, Deadline deadline) {
        audit.lock().acquire(deadline, "the audit", change.key());
        try {
            List<Drift> mended = new ArrayList<>();
            for (Owner owner : parts.meters().owners()) {
                Meter meter = parts.meters().lock(owner, deadline, change.key());
                try {
                    meter.counters().stream()
                            .map(Found::of)
                            .filter(Found::drifts)
                            .map(found -> mend(found, change))
                            .sorted(BY_WINDOW)
                            .forEach(mended::add);
                } finally {
                    parts.meters().release(meter);
                }
            }
            return mended;
        } finally {
            audit.lock().unlock();
        }
    }

    /** Sets the counter to what its rows say. Its alerts stay as they are: what fired has been told. */
    private Drift mend(Found found, Change change) {
        Drift drift = found.drift();
        Instant now = parts.clock().instant();
        Counter mended = new Counter(drift.ledger(), found.totals().held());
        long id = audit.reserve(now, change);
        found.counter().become(mended);
        found.counter().becomeBurned(found.burned());
        States states = new States(state(found.counter(), found.totals()), state(found.counter(), mended), 0);
        audit.write(id, ChangeRequest.repair(drift.subject()), change, states, now);
        return drift;
    }

    /**
     * A counter as it was found under its lock.
     *
     * @param counter whose totals
     * @param totals what it said
     * @param entries what its ledger holds
     */
    private record Found(WindowCounter counter, Counter totals, List<LedgerEntry> entries) {
        static Found of(WindowCounter counter) {
            return new Found(counter, counter.totals(), counter.log().view());
        }

        boolean drifts() {
            return totals.used() != ledger();
        }

        Drift drift() {
            Owner owner = counter.owner();
            return new Drift(owner.subject(), owner.feature(), counter.window(), totals.used(), ledger());
        }

        /** Returns the units that came from grants since the last reset, by the rows. */
        long burned() {
            long sum = 0;
            for (LedgerEntry entry : entries) {
                if (entry.id() > counter.lastReset()) {
                    sum += entry.more().grants().values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
                }
            }
            return sum;
        }

        private long ledger() {
            long sum = 0;
            for (LedgerEntry entry : entries) {
                sum += entry.delta();
            }
            return sum;
        }
    }

    private static AuditState state(WindowCounter counter, Counter totals) {
        return AuditState.ofCounter(counter.owner().feature(), counter.window(), totals.used());
    }
}
