package io.quotaguard.memory;

import io.quotaguard.model.Window;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything about one (subject, feature): its lock, the counters of its windows, and its keys.
 *
 * <p>Everything but {@link #owner()} and {@link #lock()} is only touched under the lock. A meter that was taken out of
 * the map is retired: who looked it up before must look again.
 */
final class Meter {
    private final Owner owner;
    private final TimedLock lock = new TimedLock();
    private final Map<Window, WindowCounter> counters = new HashMap<>(4);
    /** Of all windows at once: a key is known wherever its use was charged, also after rollover (R7). */
    private final Map<String, LedgerEntry> keys = new HashMap<>();

    /** All that were ever granted (R38); they belong to no window. */
    private final List<MemoryGrant> grants = new ArrayList<>(0);

    private @Nullable WindowCounter latest;
    private boolean retired;

    Meter(Owner owner) {
        this.owner = owner;
    }

    Owner owner() {
        return owner;
    }

    TimedLock lock() {
        return lock;
    }

    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    boolean isEmpty() {
        return counters.isEmpty() && grants.isEmpty();
    }

    List<MemoryGrant> grants() {
        return grants;
    }

    Collection<WindowCounter> counters() {
        return counters.values();
    }

    @Nullable
    WindowCounter counter(Window window) {
        WindowCounter last = latest;
        return last != null && last.window().equals(window) ? last : counters.get(window);
    }

    WindowCounter open(Window window, long number) {
        WindowCounter counter = new WindowCounter(this, window, number);
        counters.put(window, counter);
        latest = counter;
        return counter;
    }

    @Nullable
    LedgerEntry remembered(String key) {
        return keys.get(key);
    }

    /**
     * Writes the row, and remembers the key of a use itself: a pool's member may use any key, and a hold's key is
     * remembered already when it is charged.
     */
    void write(LedgerEntry entry) {
        entry.counter().log().add(entry);
        if (entry.more().origin() == null && !entry.operation().commits()) {
            keys.put(entry.key(), entry);
        }
    }

    /** Forgets a counter with its rows and keys. */
    void forget(WindowCounter counter) {
        counters.remove(counter.window());
        for (LedgerEntry entry : counter.log().view()) {
            keys.computeIfPresent(entry.key(), (key, known) -> known.counter() == counter ? null : known);
        }
        if (latest == counter) {
            latest = null;
        }
    }
}
