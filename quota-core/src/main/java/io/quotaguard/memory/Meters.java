package io.quotaguard.memory;

import io.quotaguard.model.Origin;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** All meters: finding and locking one, and forgetting what is past its retention. Thread-safe, without a global lock. */
final class Meters {
    private final ConcurrentMap<Owner, Meter> byOwner = new ConcurrentHashMap<>();
    /** Those that have a counter, so that a subject's meters stand together; a refused first use never gets here. */
    private final ConcurrentNavigableMap<Owner, Meter> charged = new ConcurrentSkipListMap<>();
    /** Counters whose window ends, the next to be forgotten first: no sweep ever looks at a live one. */
    private final NavigableSet<WindowCounter> ending = new ConcurrentSkipListSet<>(WindowCounter.BY_END);

    private final Duration retention;
    private final Budget counters;
    private final Budget records;
    private final MemoryAlerts alerts;
    private final Reservations reservations = new Reservations();

    Meters(Duration retention, Budget counters, Budget records, MemoryAlerts alerts) {
        this.retention = retention;
        this.counters = counters;
        this.records = records;
        this.alerts = alerts;
    }

    Reservations reservations() {
        return reservations;
    }

    Budget counters() {
        return counters;
    }

    Budget records() {
        return records;
    }

    /**
     * Returns the owner's meter, locked, to be given to {@link #release}. Locks of several owners are taken in the
     * owners' order.
     */
    Meter lock(Owner owner, Deadline deadline, @Nullable String key) {
        while (true) {
            TimedLock.requireTimeLeft(deadline, owner, key);
            Meter meter = byOwner.get(owner);
            if (meter == null) {
                meter = byOwner.computeIfAbsent(owner, Meter::new);
            }
            // Giving up here leaves no empty meter behind: whoever holds this one drops it.
            meter.lock().await(deadline, owner, key);
            if (!meter.isRetired()) {
                return meter;
            }
            meter.lock().unlock();
        }
    }

    /** Returns the owner's meter, unlocked, or null when nothing is kept of it; it may be retired by the time it is locked. */
    @Nullable
    Meter find(Owner owner) {
        return byOwner.get(owner);
    }

    /** Unlocks the meter, and drops it when nothing was kept in it, as after a refused first use (R2). */
    void release(Meter meter) {
        if (meter.isEmpty()) {
            meter.retire();
            byOwner.remove(meter.owner(), meter);
        }
        meter.lock().unlock();
    }

    /** Opens a counter in a locked meter; {@code number} comes from the budget of counters. */
    WindowCounter open(Meter meter, Window window, long number) {
        if (meter.counters().isEmpty()) {
            charged.put(meter.owner(), meter);
        }
        WindowCounter counter = meter.open(window, number);
        if (window.end() != null) {
            ending.add(counter);
        }
        return counter;
    }

    /** Tells whether nothing at all is kept or reserved. */
    boolean isEmpty() {
        return byOwner.isEmpty()
                && charged.isEmpty()
                && ending.isEmpty()
                && counters.alive() == 0
                && records.alive() == 0;
    }

    /** Returns the owners of all meters that have a counter, in their order, as they are while one goes through them. */
    Iterable<Owner> owners() {
        return charged.keySet();
    }

    /** Returns those of subjects after {@code subject}, all for null; no name holds the control character after it. */
    Iterable<Owner> ownersAfter(@Nullable String subject) {
        return subject == null
                ? owners()
                : charged.tailMap(new Owner(subject + '\u0001', "")).keySet();
    }

    /** Returns the owners of the subject's meters that have a counter, as a set of the caller's own. */
    NavigableSet<Owner> ownersOf(String subject) {
        NavigableSet<Owner> owners = new TreeSet<>();
        for (Owner owner : charged.tailMap(new Owner(subject, "")).keySet()) {
            if (!owner.subject().equals(subject)) {
                break;
            }
            owners.add(owner);
        }
        return owners;
    }

    /**
     * Forgets counters whose window ended longer ago than the retention, with their rows, keys and alerts (R10). The
     * caller holds no meter, since a counter may go that a command has in hands; one in other hands is passed over.
     *
     * @param most how many to look at: the time that a sweep may take
     * @return how many were forgotten
     */
    int sweep(Instant now, int most) {
        return sweep(null, new Reach(now, now.minus(retention), most)).forgotten();
    }

    /**
     * How far a sweep goes.
     *
     * @param now by when expired holds count for nothing
     * @param cutoff by when a window must have ended
     * @param most how many counters to look at
     */
    record Reach(Instant now, Instant cutoff, int most) {}

    /**
     * What a sweep did.
     *
     * @param last the last counter it looked at, null when there is none further
     */
    record Swept(
            int forgotten,
            int records,
            int reservations,
            @Nullable WindowCounter last) {}

    /** Forgets as {@link #sweep(Instant, int)} does, from the counter after {@code after} on; null for the first. */
    Swept sweep(@Nullable WindowCounter after, Reach reach) {
        int seen = 0;
        int forgotten = 0;
        int rows = 0;
        int held = 0;
        WindowCounter last = after;
        for (WindowCounter counter : after == null ? ending : ending.tailSet(after, false)) {
            if (!counter.endedBy(reach.cutoff())) {
                return new Swept(forgotten, rows, held, null);
            }
            if (seen++ == reach.most()) {
                return new Swept(forgotten, rows, held, last);
            }
            last = counter;
            Meter meter = counter.meter();
            if (meter.lock().tryLock()) {
                counter.expire(reach.now());
                // What is held may still be charged there, however long ago its window ended (R36).
                if (counter.heldUntil() == null && !isNeeded(counter, reach.cutoff()) && ending.remove(counter)) {
                    forgotten++;
                    rows += counter.log().size();
                    held += forget(meter, counter);
                }
                release(meter);
            }
        }
        return new Swept(forgotten, rows, held, null);
    }

    /** Tells whether it was charged on behalf of a use that is kept: the use can still be corrected, here as well (R37). */
    private boolean isNeeded(WindowCounter counter, Instant cutoff) {
        for (LedgerEntry entry : counter.log().others()) {
            Origin origin = entry.more().origin();
            Meter meter = origin == null ? null : byOwner.get(new Owner(origin.subject(), origin.feature()));
            if (meter != null && !meter.lock().tryLock()) {
                // Another time: whoever holds it may be waiting for this one.
                return true;
            } else if (meter != null) {
                try {
                    LedgerEntry use = meter.remembered(entry.keyText());
                    if (use != null && !use.counter().endedBy(cutoff)) {
                        return true;
                    }
                } finally {
                    meter.lock().unlock();
                }
            }
        }
        return false;
    }

    /** Returns how many reservations went with it. */
    private int forget(Meter meter, WindowCounter counter) {
        meter.forget(counter);
        if (meter.counters().isEmpty()) {
            charged.remove(meter.owner(), meter);
        }
        int held = reservations.forget(counter);
        counters.giveBack(1);
        records.giveBack(counter.log().size());
        alerts.forget(counter);
        return held;
    }
}
