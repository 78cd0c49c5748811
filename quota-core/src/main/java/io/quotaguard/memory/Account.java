package io.quotaguard.memory;

import io.quotaguard.memory.AlertLatch.Crossing;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One counter as a command finds it and will leave it. What the command does is worked out here first, and written in one
 * go when nothing can fail any more. Lives as long as the command's turn, under the meter's lock; lines of one counter
 * share it.
 */
final class Account {
    private final Meter meter;
    private final Window window;
    /** Of the command's last line on this counter; all of them are resolved alike. */
    private Terms terms;

    private @Nullable WindowCounter counter;
    /** Those that can be used now, in the order of use; empty unless the terms tell of grants. */
    private final List<MemoryGrant> grants = new ArrayList<>();
    /** Units taken from grants by the command, below zero for what goes back. */
    private final Map<MemoryGrant, Long> taken = new LinkedHashMap<>();

    private Instant now = Instant.MIN;
    private long used;
    private long held;
    private long burned;
    private long left;
    private long wanted;
    private @Nullable Crossing crossing;

    Account(Line line, Meter meter) {
        this.meter = meter;
        this.terms = line.terms();
        this.window = line.terms().window();
        this.counter = meter.counter(window);
    }

    /** Looks at the counter as of {@code now}: expired holds and grants count for nothing (R35, R39). */
    void find(Instant now) {
        this.now = now;
        WindowCounter open = counter;
        if (open != null) {
            open.expire(now);
            used = open.totals().used();
            held = open.totals().held();
            burned = open.burned();
        }
        if (terms.granted()) {
            for (MemoryGrant grant : meter.grants()) {
                if (grant.usableAt(now) > 0) {
                    grants.add(grant);
                    left += grant.usableAt(now);
                }
            }
            grants.sort(MemoryGrant.ORDER);
        }
    }

    /** Tells whether {@code line}, which is of the same subject and feature, is of this very counter. */
    boolean isOf(Line line) {
        return window.equals(line.terms().window());
    }

    void add(Line line) {
        terms = line.terms();
    }

    Meter meter() {
        return meter;
    }

    /** Returns the totals as the command leaves them, so far as it is worked out. */
    Counter totals() {
        return new Counter(used, held);
    }

    long used() {
        return used;
    }

    /** Returns what grants add to the limit: what was used of them in the window, and what is left of them (R38). */
    long topUps() {
        return burned + left;
    }

    /** Returns the limit with the grants on top. */
    Limit limit() {
        return terms.limit().plus(topUps());
    }

    Limit ceiling() {
        return terms.ceiling().plus(topUps());
    }

    @Nullable
    Instant heldUntil() {
        return counter == null ? null : counter.heldUntil();
    }

    @Nullable
    WindowCounter counter() {
        return counter;
    }

    /** Returns the counter, which is open by now. */
    WindowCounter opened() {
        if (counter == null) {
            throw new IllegalStateException("the counter of " + meter.owner() + " is not open yet");
        }
        return counter;
    }

    boolean opensCounter() {
        return counter == null;
    }

    /** Counts what all the command's lines on this counter ask for together. */
    void want(long units) {
        wanted += units;
    }

    long wanted() {
        return wanted;
    }

    /**
     * What charging came to.
     *
     * @param overage units above the limit (R41)
     * @param grants units that came from grants, by grant
     */
    record Charge(long overage, Map<Long, Long> grants) {
        static final Charge PLAIN = new Charge(0, Map.of());

        boolean isPlain() {
            return overage == 0 && grants.isEmpty();
        }
    }

    /** Adds units to used: the plan's allowance is used first, then grants in their order, then overage (R38, R41). */
    Charge charge(long units) {
        long allowance =
                terms.limit().isUnlimited() ? units : Math.max(0, terms.limit().units() + burned - used);
        long beyond = units - Math.min(units, allowance);
        used += units;
        if (beyond == 0) {
            return Charge.PLAIN;
        }
        Map<Long, Long> sources = new LinkedHashMap<>();
        long open = beyond;
        for (MemoryGrant grant : grants) {
            long usable = grant.balance().left() - taken.getOrDefault(grant, 0L);
            long part = Math.min(open, usable);
            if (part > 0) {
                taken.merge(grant, part, Long::sum);
                sources.put(grant.id(), part);
                open -= part;
            }
        }
        burned += beyond - open;
        left -= beyond - open;
        return new Charge(open, sources);
    }

    void hold(long units) {
        held += units;
    }

    void free(long units) {
        held -= units;
    }

    /** Takes back everything; grants that were used stay used. Returns the units. */
    long reset() {
        long all = used;
        used = 0;
        burned = 0;
        return all;
    }

    /** Takes units back, of which {@code sources} go back to grants. */
    void takeBack(long units, Map<Long, Long> sources) {
        used -= units;
        for (MemoryGrant grant : meter.grants()) {
            long part = sources.getOrDefault(grant.id(), 0L);
            if (part > 0) {
                taken.merge(grant, -part, Long::sum);
                burned -= part;
                left += grant.isActiveAt(now) ? part : 0;
            }
        }
    }

    /** Tells whether the command changes what is used: what is held does not count for alerts (R31). */
    boolean moves() {
        return used != (counter == null ? 0 : counter.totals().used());
    }

    /** Works out what the change does to the counter's alerts; returns how many will fire. */
    int foresee() {
        // A use posted into a closed window leaves its alerts alone (R32).
        if (!window.contains(now)) {
            return 0;
        }
        AlertLatch latch = counter == null ? new AlertLatch() : counter.latch();
        long before = counter == null ? 0 : counter.totals().used();
        // What falls fires nothing, also when the limit was lowered meanwhile (R29).
        Thresholds thresholds = used < before ? Thresholds.NONE : terms.thresholds();
        crossing = latch.crossing(before, used, limit(), thresholds);
        return crossing == null ? 0 : crossing.newly().size();
    }

    /** Returns the counter, opened under {@code number} when this is its first use. */
    WindowCounter open(Meters meters, long number) {
        WindowCounter open = counter;
        if (open == null) {
            open = meters.open(meter, window, number);
            counter = open;
        }
        return open;
    }

    /** Writes what was worked out. */
    void settle() {
        if (counter != null) {
            counter.become(totals());
            counter.becomeBurned(burned);
            taken.forEach(MemoryGrant::take);
        }
    }

    /** Carries out what {@link #foresee} found, now that the counter has moved; returns what fired. */
    List<Alert> fire(long firstId, MemoryAlerts outbox) {
        if (counter == null || crossing == null) {
            return List.of();
        }
        List<Alert> alerts = counter.fire(crossing, firstId, limit(), now);
        outbox.fire(counter, alerts);
        return alerts;
    }
}
