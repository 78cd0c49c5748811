package io.quotaguard.memory;

import io.quotaguard.memory.AuditLog.States;
import io.quotaguard.model.AuditState;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.DailyUsage;
import io.quotaguard.model.Drift;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads over the entries that turns left behind. Thread-safe: a read locks meters only to take views of their entries,
 * and looks through these afterwards, so that however long a history is, no check waits for it.
 */
final class MemoryLedger implements LedgerStore {
    private static final Comparator<Drift> BY_WINDOW =
            Comparator.comparing(drift -> drift.window().start());

    private final StoreParts parts;
    private final AuditLog audit;

    MemoryLedger(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.audit = audit;
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
    public List<DailyUsage> daily(String subject, LocalDate from, LocalDate to, ZoneId zone, Deadline deadline) {
        Map<String, Map<LocalDate, DailyUsage>> byFeature = new TreeMap<>();
        for (List<LedgerEntry> view : views(parts.meters().ownersOf(subject), deadline)) {
            for (LedgerEntry entry : view) {
                LocalDate day = LocalDate.ofInstant(entry.at(), zone);
                if (entry.isRow() && !day.isBefore(from) && !day.isAfter(to)) {
                    String feature = entry.counter().owner().feature();
                    long uses = entry.operation() == Operation.RESET ? 0 : 1;
                    byFeature
                            .computeIfAbsent(feature, absent -> new TreeMap<>())
                            .merge(day, new DailyUsage(feature, day, entry.delta(), uses), MemoryLedger::sum);
                }
            }
        }
        return byFeature.values().stream()
                .flatMap(days -> days.values().stream())
                .toList();
    }

    private static DailyUsage sum(DailyUsage one, DailyUsage other) {
        return new DailyUsage(one.feature(), one.day(), one.units() + other.units(), one.uses() + other.uses());
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
