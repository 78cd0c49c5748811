package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * A subject's meters, all locked while its catalog entries change: a check comes wholly before the change or wholly
 * after it, and the alerts of the counters follow the new terms (R29, R30).
 *
 * <p>The meters of the change's lines are locked even when nothing was used yet: otherwise a first use under the old
 * terms could be written after the change had passed by.
 */
final class Realignment implements AutoCloseable {
    private final MemoryAlerts alerts;
    private final LockedMeters meters;
    private final List<LockedLine> lines = new ArrayList<>();
    private Instant now = Instant.MIN;

    private Realignment(MemoryAlerts alerts, LockedMeters meters) {
        this.alerts = alerts;
        this.meters = meters;
    }

    /** Locks them all, and that of {@code granted}, whose grants the change is about, if it is not null. */
    static Realignment lock(
            String subject,
            List<Line> realign,
            @Nullable Owner granted,
            StoreParts parts,
            Deadline deadline,
            @Nullable String key) {
        Map<Owner, Line> lines = new HashMap<>();
        realign.forEach(line -> lines.put(Owner.of(line), line));
        NavigableSet<Owner> owners = parts.meters().ownersOf(subject);
        owners.addAll(lines.keySet());
        if (granted != null) {
            owners.add(granted);
        }
        LockedMeters meters = LockedMeters.lock(owners, parts.meters(), deadline, key);
        Realignment realignment = new Realignment(parts.alerts(), meters);
        for (Meter meter : meters) {
            Line line = lines.get(meter.owner());
            if (line != null) {
                realignment.lines.add(new LockedLine(line, new Account(line, meter)));
            }
        }
        return realignment;
    }

    /** Returns the owner's meter, which is one of those that are locked. */
    Meter meter(Owner owner) {
        for (Meter meter : meters) {
            if (meter.owner().equals(owner)) {
                return meter;
            }
        }
        throw new IllegalStateException("the meter of " + owner + " is not locked by this change");
    }

    /** Tells whether the lines' windows and terms are those of {@code now}. */
    boolean holdsAt(Instant now) {
        this.now = now;
        return lines.stream().allMatch(locked -> locked.line().terms().holdAt(now));
    }

    /** Works out what will fire, and makes room for it; returns the first alert's id, or {@link Budget#FULL}. */
    long reserve() {
        int count = 0;
        for (LockedLine line : lines) {
            line.account().find(now);
            count += line.account().opensCounter() ? 0 : line.account().foresee();
        }
        return alerts.budget().reserve(count);
    }

    /** Re-arms and fires as foreseen; returns what fired. */
    List<Alert> fire(long firstId) {
        List<Alert> fired = new ArrayList<>();
        for (LockedLine line : lines) {
            fired.addAll(line.account().fire(firstId + fired.size(), alerts));
        }
        return fired;
    }

    @Override
    public void close() {
        meters.close();
    }
}
