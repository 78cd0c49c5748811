package io.quotaguard.memory;

import io.quotaguard.memory.AuditLog.States;
import io.quotaguard.model.AuditState;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Drift;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Verification;
import io.quotaguard.spi.Deadline;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares counters with their entries (R42), one meter's at a time. Thread-safe. */
final class CounterCheck {
    private static final Comparator<Drift> BY_WINDOW =
            Comparator.comparing(drift -> drift.window().start());

    private final StoreParts parts;
    private final AuditLog audit;

    CounterCheck(StoreParts parts, AuditLog audit) {
        this.parts = parts;
        this.audit = audit;
    }

    /** The meter is locked only to take views of its entries, which are added up afterwards. */
    Verification verify(@Nullable String after, Consumer<Drift> found, Deadline deadline) {
        return eachOwner(after, deadline, owner -> {
            Meter meter = parts.meters().lock(owner, deadline, null);
            List<Found> counters;
            try {
                counters = meter.counters().stream().map(Found::of).toList();
            } finally {
                parts.meters().release(meter);
            }
            List<Drift> drifts = counters.stream()
                    .filter(Found::drifts)
                    .map(Found::drift)
                    .sorted(BY_WINDOW)
                    .toList();
            drifts.forEach(found);
            return new Seen(counters.size(), drifts.size());
        });
    }

    Verification repair(Change change, @Nullable String after, Consumer<Drift> mended, Deadline deadline) {
        return eachOwner(after, deadline, owner -> {
            audit.lock().acquire(deadline, "the audit", change.key());
            List<Drift> drifts;
            int counters;
            try {
                Meter meter = parts.meters().lock(owner, deadline, change.key());
                try {
                    counters = meter.counters().size();
                    drifts = meter.counters().stream()
                            .map(Found::of)
                            .filter(Found::drifts)
                            .map(found -> mend(found, change))
                            .sorted(BY_WINDOW)
                            .toList();
                } finally {
                    parts.meters().release(meter);
                }
            } finally {
                audit.lock().unlock();
            }
            drifts.forEach(mended);
            return new Seen(counters, drifts.size());
        });
    }

    /** How many counters an owner has, and how many of them differed. */
    private record Seen(int counters, int drifts) {}

    private Verification eachOwner(@Nullable String after, Deadline deadline, Function<Owner, Seen> look) {
        long counters = 0;
        long drifts = 0;
        String complete = after;
        String current = null;
        for (Owner owner : parts.meters().ownersAfter(after)) {
            if (current != null && !owner.subject().equals(current)) {
                complete = current;
            }
            current = owner.subject();
            try {
                if (deadline.hasPassed()) {
                    return new Verification(counters, drifts, false, complete);
                }
                Seen seen = look.apply(owner);
                counters += seen.counters();
                drifts += seen.drifts();
            } catch (QuotaUnavailableException e) {
                if (deadline.hasPassed()) {
                    return new Verification(counters, drifts, false, complete);
                }
                throw e;
            }
        }
        return new Verification(counters, drifts, true, current == null ? complete : current);
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
