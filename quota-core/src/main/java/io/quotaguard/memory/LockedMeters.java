package io.quotaguard.memory;

import io.quotaguard.spi.Deadline;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** Meters locked together, in their owners' order: what is seen or done while they are is one step for everyone else. */
final class LockedMeters implements AutoCloseable, Iterable<Meter> {
    private final Meters meters;
    private final List<Meter> locked = new ArrayList<>();

    private LockedMeters(Meters meters) {
        this.meters = meters;
    }

    /** Locks the owners' meters, also those in which nothing was kept yet; these are dropped again when nothing will be. */
    static LockedMeters lock(NavigableSet<Owner> owners, Meters meters, Deadline deadline, @Nullable String key) {
        LockedMeters together = new LockedMeters(meters);
        try {
            for (Owner owner : owners) {
                together.locked.add(meters.lock(owner, deadline, key));
            }
            return together;
        } catch (RuntimeException e) {
            together.close();
            throw e;
        }
    }

    @Override
    public Iterator<Meter> iterator() {
        return locked.iterator();
    }

    /** Returns the counters of all of them. */
    List<WindowCounter> counters() {
        List<WindowCounter> counters = new ArrayList<>();
        locked.forEach(meter -> counters.addAll(meter.counters()));
        return counters;
    }

    @Override
    public void close() {
        for (int i = locked.size() - 1; i >= 0; i--) {
            meters.release(locked.get(i));
        }
    }
}
