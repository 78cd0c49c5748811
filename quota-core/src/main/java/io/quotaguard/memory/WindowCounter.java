package io.quotaguard.memory;

import io.quotaguard.memory.AlertLatch.Crossing;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One (subject, feature, window): totals, ledger entries and alert state. Guarded by its meter's lock. */
final class WindowCounter {
    /** The order of leaving; the window that never ends comes last and never leaves. */
    static final Comparator<WindowCounter> BY_END = Comparator.<WindowCounter, Instant>comparing(
                    counter -> counter.window().resetsAt().orElse(Instant.MAX))
            .thenComparingLong(WindowCounter::number);

    private final Meter meter;
    private final Window window;
    private final long number;
    private final EntryLog log = new EntryLog();
    private final AlertLatch latch = new AlertLatch();
    private final AlertLane lane = new AlertLane();
    private Counter totals = Counter.ZERO;

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
        return totals;
    }

    void become(Counter after) {
        totals = after;
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
                    totals.used(),
                    limit,
                    now,
                    false));
        }
        return alerts;
    }
}
