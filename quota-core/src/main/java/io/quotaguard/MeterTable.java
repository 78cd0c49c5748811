package io.quotaguard;

import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the pairs that were asked for last by their names. The names of a pair give it a row of four slots, any of
 * which it may have: so a look-up is a glance at neighbours, and few pairs lose their slot to others. Thread-safe without a
 * lock: meters are safe to share however they were come by, and when two pairs want one slot either may have it.
 */
final class MeterTable {
    private static final int MAX_PAIRS = 1 << 18;
    private static final int WAYS = 4;

    private final CallRunner runner;
    private final Duration timeout;
    /** Empty when the store has no short way: then a meter knows nothing that its names do not tell. */
    private final @Nullable Meter[] slots;
    /** The hash of the names in each slot: so that no other pair's meter has to be fetched to see that it is another's. */
    private final int[] hashes;

    /** Makes a table for about so many pairs, up to a quarter of a million; it has two to four slots for each. */
    MeterTable(CallRunner runner, Duration timeout, long pairs) {
        this.runner = runner;
        this.timeout = timeout;
        int wanted = (int) Math.max(WAYS, 2 * Math.min(MAX_PAIRS, pairs));
        this.slots = new Meter[runner.hasTills() ? Integer.highestOneBit(2 * wanted - 1) : 0];
        this.hashes = new int[slots.length];
    }

    /** Returns a meter of the caller's own. */
    Meter make(String subject, String feature) {
        return new Meter(subject, feature, runner, timeout);
    }

    Decision record(String subject, String feature) {
        Meter meter = find(subject, feature);
        // A meter's names were looked at when it was made.
        return meter != null ? meter.record(1, null) : recordFirst(Usage.of(subject, feature));
    }

    Decision record(Usage usage) {
        Meter meter = usage.metadata().isEmpty() ? find(usage.subject(), usage.feature()) : null;
        return meter != null ? meter.record(usage.amount(), usage.key()) : recordFirst(usage);
    }

    private Decision recordFirst(Usage usage) {
        if (slots.length == 0 || !usage.metadata().isEmpty()) {
            return run(Operation.RECORD, usage);
        }
        return place(usage).record(usage.amount(), usage.key());
    }

    Decision check(String subject, String feature) {
        Meter meter = find(subject, feature);
        return meter != null ? meter.look(1, null) : checkFirst(Usage.of(subject, feature));
    }

    Decision check(Usage usage) {
        Meter meter = find(usage.subject(), usage.feature());
        return meter != null ? meter.look(usage.amount(), usage.key()) : checkFirst(usage);
    }

    private Decision checkFirst(Usage usage) {
        return slots.length == 0 ? run(Operation.CHECK, usage) : place(usage).look(usage.amount(), usage.key());
    }

    private Decision run(Operation operation, Usage usage) {
        return runner.run(Charge.of(operation, usage), Deadline.after(timeout)).decision();
    }

    private @Nullable Meter find(@Nullable String subject, @Nullable String feature) {
        if (slots.length == 0 || subject == null || feature == null) {
            return null;
        }
        int hash = hash(subject, feature);
        int first = row(hash);
        for (int slot = first; slot < first + WAYS; slot++) {
            // Another thread may be moving them: the meter itself says whose it is.
            Meter meter = hashes[slot] == hash ? slots[slot] : null;
            if (meter != null && meter.isOf(subject, feature)) {
                return meter;
            }
        }
        return null;
    }

    /** Puts a new meter into the first slot of its row; those that were there move on, and the last one goes. */
    private Meter place(Usage usage) {
        Meter placed = make(usage.subject(), usage.feature());
        int hash = hash(usage.subject(), usage.feature());
        int first = row(hash);
        for (int slot = first + WAYS - 1; slot > first; slot--) {
            hashes[slot] = hashes[slot - 1];
            slots[slot] = slots[slot - 1];
        }
        hashes[first] = hash;
        slots[first] = placed;
        return placed;
    }

    private static int hash(String subject, String feature) {
        int hash = 31 * subject.hashCode() + feature.hashCode();
        // Names that differ in their last digits only differ in the lowest bits; the others are mixed in.
        return hash ^ (hash >>> 15);
    }

    private int row(int hash) {
        return (hash * WAYS) & (slots.length - 1);
    }
}
