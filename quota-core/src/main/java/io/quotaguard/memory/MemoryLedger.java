package io.quotaguard.memory;

import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads over the entries that turns left behind. Thread-safe: a read locks meters only to take views of their entries,
 * and looks through these afterwards, so that however long a history is, no check waits for it.
 */
final class MemoryLedger implements LedgerStore {
    private final StoreParts parts;
    private final LedgerReads reads;
    private final CounterCheck check;

    MemoryLedger(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.reads = new LedgerReads(parts);
        this.check = new CounterCheck(parts, audit);
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
    public Verification verify(@Nullable String after, Consumer<Drift> found, Deadline deadline) {
        return check.verify(after, found, deadline);
    }

    @Override
    public Verification repair(Change change, @Nullable String after, Consumer<Drift> mended, Deadline deadline) {
        return check.repair(change, after, mended, deadline);
    }
}
