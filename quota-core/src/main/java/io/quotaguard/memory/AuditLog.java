package io.quotaguard.memory;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** The audit rows and the request keys that they carry (R12, R44). Guarded by its lock. */
final class AuditLog {
    /** Whoever changes the catalog holds it; taken before any meter's lock, and never by a command. */
    private final TimedLock lock = new TimedLock();

    private final Budget budget;
    private final Duration retention;
    private final Journal<CatalogEntry> rows = new Journal<>();
    private final Map<String, Remembered> keys = new HashMap<>();

    AuditLog(Budget budget, Duration retention) {
        this.budget = budget;
        this.retention = retention;
    }

    /**
     * A change as its request key stands for it.
     *
     * @param request what was asked for
     * @param entry the audit row that it made
     */
    record Remembered(ChangeRequest request, CatalogEntry entry) {}

    /**
     * The states around a change.
     *
     * @param before the state before, or null when there was none
     * @param after the state after, or null when it is gone
     * @param revision the revision that the change made
     */
    record States(@Nullable AuditState before, @Nullable AuditState after, long revision) {}

    TimedLock lock() {
        return lock;
    }

    @Nullable
    Remembered remembered(Change change) {
        return change.key() == null ? null : keys.get(change.key());
    }

    /**
     * Reserves the id of the next row; when there is no room, rows past their retention make it, the oldest first.
     *
     * @throws io.quotaguard.model.QuotaCapacityException when none may go yet
     */
    long reserve(Instant now, Change change) {
        long id = budget.reserve(1);
        if (id == Budget.FULL) {
            forgetUntil(now.minus(retention), Integer.MAX_VALUE);
            id = budget.reserve(1);
        }
        if (id == Budget.FULL) {
            throw budget.exceeded(change.key());
        }
        return id;
    }

    /** Gives back the id of a row that will not be written after all. */
    void giveBack() {
        budget.giveBack(1);
    }

    /** Writes the row under the id reserved for it, and remembers the request's key. */
    CatalogEntry write(long id, ChangeRequest request, Change change, States states, Instant now) {
        CatalogEntry entry = new CatalogEntry(
                id, request.entity(), request.name(), change, states.before(), states.after(), states.revision(), now);
        rows.put(id, entry.name(), entry);
        // A repair may write many rows for one key, and is no change of the catalog that could be answered again.
        if (change.key() != null && request.entity() != Entity.COUNTER) {
            keys.put(change.key(), new Remembered(request, entry));
        }
        return entry;
    }

    List<CatalogEntry> read(CatalogQuery query) {
        NavigableMap<Long, CatalogEntry> candidates = rows.of(query.name());
        if (query.before() != null) {
            candidates = candidates.headMap(query.before(), false);
        }
        List<CatalogEntry> page = new ArrayList<>();
        for (CatalogEntry entry : candidates.descendingMap().values()) {
            if (page.size() == query.pageSize()) {
                break;
            }
            if (query.matches(entry)) {
                page.add(entry);
            }
        }
        return page;
    }

    /** Returns changes of the catalog after the row {@code id}, the oldest first. */
    List<CatalogEntry> after(long id, int max) {
        return rows.of(null).tailMap(id, false).values().stream()
                .filter(entry -> entry.entity() != Entity.COUNTER)
                .limit(max)
                .toList();
    }

    /** Returns the id of the newest row, 0 when there is none. */
    long newest() {
        NavigableMap<Long, CatalogEntry> all = rows.of(null);
        return all.isEmpty() ? 0 : all.lastKey();
    }

    /** Forgets the oldest rows that were written by {@code cutoff}; returns how many. */
    int forgetUntil(Instant cutoff, int most) {
        NavigableMap<Long, CatalogEntry> all = rows.of(null);
        int forgotten = 0;
        while (forgotten < most
                && !all.isEmpty()
                && !all.firstEntry().getValue().at().isAfter(cutoff)) {
            CatalogEntry oldest = all.firstEntry().getValue();
            rows.remove(oldest.id(), oldest.name());
            budget.giveBack(1);
            Remembered remembered = remembered(oldest.change());
            if (remembered != null && remembered.entry().id() == oldest.id()) {
                keys.remove(oldest.change().key());
            }
            forgotten++;
        }
        return forgotten;
    }
}
