package io.quotaguard.memory;

import io.quotaguard.memory.AlertLatch.Crossing;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of a command beside its meter, which the command has locked. Lives as long as the command's turn. */
final class LockedLine {
    private final Line line;
    private final Meter meter;
    /** Null until a first use opens it. */
    private @Nullable WindowCounter counter;

    private @Nullable Crossing crossing;

    LockedLine(Line line, Meter meter) {
        this.line = line;
        this.meter = meter;
        this.counter = meter.counter(line.terms().window());
    }

    Line line() {
        return line;
    }

    Meter meter() {
        return meter;
    }

    @Nullable
    LedgerEntry remembered(String key) {
        return meter.remembered(key);
    }

    Counter totals() {
        return counter == null ? Counter.ZERO : counter.totals();
    }

    boolean opensCounter() {
        return counter == null;
    }

    /** Tells whether the line's units would lift the totals above what every store can add up (R6). */
    boolean overflows() {
        return line.amount() > Units.MAX - totals().taken();
    }

    /** Returns why the line refuses, or null. A reset asks for no room, so only the standing can refuse it (R18). */
    @Nullable
    RefusalReason refusal(Operation operation) {
        if (operation == Operation.RESET) {
            Standing standing = line.terms().standing();
            return standing == Standing.GRANTED ? null : RefusalReason.of(standing);
        }
        return line.refusalBeside(totals());
    }

    /** Returns the units that the line will add to used. */
    long delta(Operation operation) {
        return operation == Operation.RESET ? -totals().used() : line.amount();
    }

    /** Works out what {@code delta} units will do to the counter's alerts; returns how many will fire. */
    int foresee(long delta, Instant now) {
        Terms terms = line.terms();
        // A use posted into a closed window leaves its alerts alone (R32).
        if (!terms.window().contains(now)) {
            return 0;
        }
        AlertLatch latch = counter == null ? new AlertLatch() : counter.latch();
        long before = totals().used();
        crossing = latch.crossing(before, before + delta, terms.limit(), terms.thresholds());
        return crossing == null ? 0 : crossing.newly().size();
    }

    /** Returns the counter, opened under {@code number} when this is its first use. */
    WindowCounter open(Meters meters, long number) {
        WindowCounter open = counter;
        if (open == null) {
            open = meters.open(meter, line.terms().window(), number);
            counter = open;
        }
        return open;
    }

    /** Carries out what {@link #foresee} found, now that the counter has moved; returns what fired. */
    List<Alert> fire(long firstId, Instant now, MemoryAlerts outbox) {
        if (counter == null || crossing == null) {
            return List.of();
        }
        List<Alert> alerts = counter.fire(crossing, firstId, line.terms().limit(), now);
        outbox.fire(counter, alerts);
        return alerts;
    }
}
