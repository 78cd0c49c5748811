package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The everyday use, asked about or charged in one short step: what {@link ChargeTurn} does when nothing is out of the ordinary, in its
 * order (R7, R19, R25, R1, R10). Whatever else there may be is left to that, before anything was written. Thread-safe.
 */
final class MemoryTill implements LocalStore.Till {
    /** A meter is held for a fraction of a microsecond; who holds it longer may have lost its processor. */
    private static final int MAX_SPINS = 200;

    private final StoreParts parts;
    private final Owner owner;
    /** As last seen; of two threads that find different ones either is right. */
    private volatile @Nullable Meter known;
    /** Either of two that race is right: it is immutable, and says of which line it is. */
    private @Nullable Usual usual;

    MemoryTill(Owner owner, StoreParts parts) {
        this.owner = owner;
        this.parts = parts;
    }

    @Override
    public @Nullable Decision charge(Line line, @Nullable String key) {
        return answer(line, key, true);
    }

    @Override
    public @Nullable Decision check(Line line, @Nullable String key) {
        return answer(line, key, false);
    }

    private @Nullable Decision answer(Line line, @Nullable String key, boolean charges) {
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
            return answer(meter, line, key, charges);
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

    private @Nullable Decision answer(Meter meter, Line line, @Nullable String key, boolean charges) {
        int slot = parts.grace().enter();
        try {
            // Read under the lock (R19).
            Instant now = parts.clock().instant();
            boolean plain =
                    isPlain(meter, line.terms(), now) && (key == null || !charges || meter.remembered(key) == null);
            WindowCounter counter = plain ? meter.counter(line.terms().window()) : null;
            if (counter == null || counter.hasHolds() || counter.burned() != 0) {
                return null;
            }
            Decision refusal = refusal(counter, line, now, key);
            if (refusal != null || line.amount() > Units.MAX - counter.used()) {
                return refusal;
            }
            return charges ? charge(counter, line, now, key) : decision(counter, line, now, key);
        } finally {
            parts.grace().leave(slot);
        }
    }

    /** Tells whether the terms stand, and nothing but the limit bears on the use. */
    private boolean isPlain(Meter meter, Terms terms, Instant now) {
        return terms.standing() == Standing.GRANTED && !terms.granted() && terms.holdAt(now) && isInForce(meter, terms);
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

    private static @Nullable Decision refusal(WindowCounter counter, Line line, Instant now, @Nullable String key) {
        if (line.terms().ceiling().admits(counter.used(), line.amount())) {
            return null;
        }
        Counter found = counter.totals();
        Verdict verdict = line.verdict(line.refusal(line.amount(), found, 0), found, 0, 0, null);
        return key == null ? Decision.of(verdict, counter.log().makeKey(now)) : Decision.of(verdict, key);
    }

    private @Nullable Decision charge(WindowCounter counter, Line line, Instant now, @Nullable String key) {
        Terms terms = line.terms();
        long before = counter.used();
        long after = before + line.amount();
        boolean plain = terms.limit().admits(before, line.amount())
                && counter.latch().crossing(before, after, terms.limit(), terms.thresholds()) == null;
        long id = plain ? parts.meters().records().reserve(1) : Budget.FULL;
        if (id == Budget.FULL) {
            return null;
        }
        // The counter last: what is written before it may want memory, and not get it.
        if (key != null) {
            counter.meter().remember(key, id);
            counter.log().addGiven(id, key, line.amount(), terms, now);
            counter.use(line.amount());
            return Decision.of(usual(line), after, key);
        }
        UUID made = counter.log().makeKey(now);
        counter.log().addMade(id, made, line.amount(), terms, now);
        counter.use(line.amount());
        return Decision.of(usual(line), after, made);
    }

    /** Returns that there is room, and what was found. */
    private Decision decision(WindowCounter counter, Line line, Instant now, @Nullable String key) {
        return key == null
                ? Decision.of(usual(line), counter.used(), counter.log().makeKey(now))
                : Decision.of(usual(line), counter.used(), key);
    }

    @SuppressWarnings("ReferenceEquality") // one that only equals it costs a look more
    private Verdict usual(Line line) {
        Usual last = usual;
        if (last == null || last.line() != line) {
            last = new Usual(line, line.verdict(null, Counter.ZERO, 0, 0, null));
            usual = last;
        }
        return last.verdict();
    }

    /** What is answered to a use of this line that passes, but for the totals. */
    private record Usual(Line line, Verdict verdict) {}
}
