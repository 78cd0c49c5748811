package io.quotaguard.memory;

import io.quotaguard.memory.AlertLatch.Crossing;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One (subject, feature, window): totals, ledger entries, holds and alert state. Guarded by its meter's lock. */
final class WindowCounter {
    /** The order of leaving; the window that never ends comes last and never leaves. */
    static final Comparator<WindowCounter> BY_END = Comparator.<WindowCounter, Instant>comparing(
                    counter -> counter.window().resetsAt().orElse(Instant.MAX))
            .thenComparingLong(WindowCounter::number);

    private final Meter meter;
    private final Window window;
    private final long number;
    private final EntryLog log = new EntryLog(this);
    private final AlertLatch latch = new AlertLatch();
    private final AlertLane lane = new AlertLane();
    private long used;
    private long held;
    private long burned;
    private long lastReset;
    /** The corrections of each entry by its number; null until the first. */
    private @Nullable Map<Long, List<LedgerEntry>> corrections;
    /** Null until the first hold. */
    private @Nullable NavigableSet<HeldLine> holds;

    WindowCounter(Meter meter, Window window, long number) {
        this.meter = meter;
        this.window = window;
        this.number = number;
    }

    Meter meter() {
        return meter;
    }

    Owner owner() {
        return meter.owner();
    }

    Window window() {
        return window;
    }

    long number() {
        return number;
    }

    EntryLog log() {
        return log;
    }

    AlertLatch latch() {
        return latch;
    }

    AlertLane lane() {
        return lane;
    }

    Counter totals() {
        return new Counter(used, held);
    }

    long used() {
        return used;
    }

    /** Returns the units of used that came from grants (R38). */
    long burned() {
        return burned;
    }

    /** Returns the last ledger entry that took everything back: what came before it cannot be taken back again. */
    long lastReset() {
        return lastReset;
    }

    void become(Counter after) {
        used = after.used();
        held = after.held();
    }

    /** Adds units to used. */
    void use(long units) {
        used += units;
    }

    void becomeBurned(long units) {
        burned = units;
    }

    void becomeReset(long entry) {
        lastReset = entry;
    }

    /**
     * What is left of an entry after its corrections.
     *
     * @param grants of what came from grants, in the order of use
     */
    record Net(long units, long overage, Map<Long, Long> grants) {}

    Net net(LedgerEntry entry) {
        long units = entry.delta();
        long overage = entry.more().overage();
        Map<Long, Long> grants = new LinkedHashMap<>(entry.more().grants());
        List<LedgerEntry> known = corrections == null ? null : corrections.get(entry.id());
        for (LedgerEntry correction : known == null ? List.<LedgerEntry>of() : known) {
            units += correction.delta();
            overage += correction.more().overage();
            correction.more().grants().forEach((grant, part) -> grants.merge(grant, part, Long::sum));
        }
        return new Net(units, overage, grants);
    }

    /** Remembers that {@code correction} took something of {@code corrected} back. */
    void addCorrection(LedgerEntry correction, LedgerEntry corrected) {
        Map<Long, List<LedgerEntry>> known = corrections;
        if (known == null) {
            known = new HashMap<>();
            corrections = known;
        }
        known.computeIfAbsent(corrected.id(), id -> new ArrayList<>()).add(correction);
    }

    boolean hasHolds() {
        return holds != null && !holds.isEmpty();
    }

    NavigableSet<HeldLine> holds() {
        NavigableSet<HeldLine> known = holds;
        if (known == null) {
            known = new TreeSet<>(HeldLine.BY_EXPIRY.thenComparing(
                    HeldLine::origin, Comparator.nullsFirst(Comparator.comparing(Object::toString))));
            holds = known;
        }
        return known;
    }

    /** Lets go of what expired by {@code now}: an expired hold counts for nothing, whether or not anybody looked (R35). */
    void expire(Instant now) {
        if (holds == null) {
            return;
        }
        while (!holds.isEmpty() && !holds.first().reservation().expiresAt().isAfter(now)) {
            HeldLine expired = holds.first();
            held -= expired.units();
            holds.remove(expired);
            expired.reservation().expire();
        }
    }

    /** Returns when the first of its holds expires, or null when there is none. */
    @Nullable
    Instant heldUntil() {
        return holds == null || holds.isEmpty()
                ? null
                : holds.first().reservation().expiresAt();
    }

    /** Tells whether the window had ended at {@code instant}. */
    boolean endedBy(Instant instant) {
        Instant end = window.end();
        return end != null && !end.isAfter(instant);
    }

    /** Turns the latch and returns the alerts that fire, numbered from {@code firstId}. */
    List<Alert> fire(Crossing crossing, long firstId, Limit limit, Instant now) {
        long generation = latch.turn(crossing);
        List<Alert> alerts = new ArrayList<>(crossing.newly().size());
        for (int threshold : crossing.newly()) {
            long id = firstId + alerts.size();
            alerts.add(new Alert(
                    id,
                    owner().subject(),
                    owner().feature(),
                    window,
                    threshold,
                    generation,
                    used,
                    limit,
                    now,
                    false,
                    false,
                    false));
        }
        return alerts;
    }
}
