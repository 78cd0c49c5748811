package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Fingerprint;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The everyday use, charged in one short step: what {@link ChargeTurn} does when nothing is out of the ordinary, in its
 * order (R7, R19, R25, R1, R10). Whatever else there may be is left to that, before anything was written. Thread-safe.
 */
final class MemoryTill implements LocalStore.Till {
    /** A meter is held for a fraction of a microsecond; who holds it longer may have lost its processor. */
    private static final int MAX_SPINS = 200;

    private final StoreParts parts;
    private final Owner owner;
    /** As last seen; of two threads that find different ones either is right. */
    private volatile @Nullable Meter known;

    MemoryTill(Owner owner, StoreParts parts) {
        this.owner = owner;
        this.parts = parts;
    }

    @Override
    public @Nullable Decision charge(Line line, @Nullable String key) {
        Meter meter = known;
        if (meter == null) {
            meter = parts.meters().find(owner);
            known = meter;
        }
        if (meter == null || !isLocked(meter.lock())) {
            return null;
        }
        try {
            if (meter.isRetired()) {
                known = null;
                return null;
            }
            return charge(meter, line, key);
        } finally {
            parts.meters().release(meter);
        }
    }

    private static boolean isLocked(TimedLock lock) {
        for (int spin = 0; spin < MAX_SPINS; spin++) {
            if (lock.tryLock()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private @Nullable Decision charge(Meter meter, Line line, @Nullable String key) {
        int slot = parts.grace().enter();
        try {
            // Read under the lock (R19).
            Instant now = parts.clock().instant();
            WindowCounter counter = isPlain(meter, line.terms(), now, key)
                    ? meter.counter(line.terms().window())
                    : null;
            return counter == null ? null : charge(counter, line, now, key);
        } finally {
            parts.grace().leave(slot);
        }
    }

    /** Tells whether the key is new, the terms stand, and nothing but the limit bears on the use. */
    private boolean isPlain(Meter meter, Terms terms, Instant now, @Nullable String key) {
        return (key == null || meter.remembered(key) == null)
                && terms.standing() == Standing.GRANTED
                && !terms.granted()
                && terms.holdAt(now)
                && isInForce(meter, terms);
    }

    /** Asks the catalog only when it has changed since it was asked (R25). */
    private boolean isInForce(Meter meter, Terms terms) {
        long changes = parts.catalog().changes();
        if (meter.hasConfirmed(terms.version(), changes)) {
            return true;
        }
        boolean inForce = parts.catalog().confirms(owner.subject(), terms.version());
        if (inForce) {
            meter.confirm(terms.version(), changes);
        }
        return inForce;
    }

    private @Nullable Decision charge(WindowCounter counter, Line line, Instant now, @Nullable String key) {
        Terms terms = line.terms();
        Counter before = counter.totals();
        if (counter.hasHolds() || counter.burned() != 0 || line.amount() > Units.MAX - before.used()) {
            return null;
        }
        RefusalReason refusal = line.refusal(line.amount(), before, 0);
        if (refusal != null) {
            Verdict verdict = line.verdict(refusal, before, 0, 0, null);
            return key == null ? Decision.of(verdict, counter.madeKeys().next(now)) : Decision.of(verdict, key);
        }
        long used = before.used() + line.amount();
        boolean plain = terms.limit().admits(before.used(), line.amount())
                && counter.latch().crossing(before.used(), used, terms.limit(), terms.thresholds()) == null;
        return plain ? record(counter, line, now, key) : null;
    }

    private @Nullable Decision record(WindowCounter counter, Line line, Instant now, @Nullable String key) {
        long id = parts.meters().records().reserve(1);
        if (id == Budget.FULL) {
            return null;
        }
        Terms terms = line.terms();
        Counter after = new Counter(counter.totals().used() + line.amount(), 0);
        Object givenOrMade = key(counter, now, key);
        counter.become(after);
        counter.meter()
                .write(new LedgerEntry(
                        id,
                        counter,
                        Operation.RECORD,
                        givenOrMade,
                        Fingerprint.ofUse(Operation.RECORD, line.amount()),
                        line.amount(),
                        after,
                        terms.limit(),
                        terms.source(),
                        LedgerEntry.More.NOTHING,
                        Map.of(),
                        now));
        return decision(line.verdict(null, after, 0, 0, null), givenOrMade);
    }

    private static Object key(WindowCounter counter, Instant now, @Nullable String given) {
        return given != null ? given : counter.madeKeys().next(now);
    }

    private static Decision decision(Verdict verdict, Object key) {
        return key instanceof UUID made ? Decision.of(verdict, made) : Decision.of(verdict, key.toString());
    }
}
