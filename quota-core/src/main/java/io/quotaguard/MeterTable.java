package io.quotaguard;

import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the pairs that were charged last by their names, each in the one slot that its names give it: so a look-up is
 * a glance. Thread-safe without a lock: meters are safe to share however they were come by, and when two pairs want one slot
 * either may have it.
 */
final class MeterTable {
    private static final int MAX_SLOTS = 1 << 18;

    private final CallRunner runner;
    private final Duration timeout;
    /** Empty when the store has no short way: then a meter knows nothing that its names do not tell. */
    private final @Nullable Meter[] slots;

    /** Makes a table for about so many pairs, up to a quarter of a million. */
    MeterTable(CallRunner runner, Duration timeout, long pairs) {
        this.runner = runner;
        this.timeout = timeout;
        int wanted = (int) Math.min(MAX_SLOTS, 2 * Math.min(MAX_SLOTS, pairs));
        this.slots = new Meter[runner.hasTills() ? Integer.highestOneBit(wanted) : 0];
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
            return runner.run(Charge.of(Operation.RECORD, usage), Deadline.after(timeout))
                    .decision();
        }
        Meter meter = make(usage.subject(), usage.feature());
        slots[slot(usage.subject(), usage.feature())] = meter;
        return meter.record(usage.amount(), usage.key());
    }

    private @Nullable Meter find(@Nullable String subject, @Nullable String feature) {
        if (slots.length == 0 || subject == null || feature == null) {
            return null;
        }
        Meter meter = slots[slot(subject, feature)];
        return meter != null && meter.isOf(subject, feature) ? meter : null;
    }

    private int slot(String subject, String feature) {
        int hash = 31 * subject.hashCode() + feature.hashCode();
        // Names that differ in their last digits only differ in the lowest bits; the others are mixed in.
        return (hash ^ (hash >>> 15)) & (slots.length - 1);
    }
}
