package io.quotaguard.memory;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Window;
import io.quotaguard.spi.TimeOrderedKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
    /** The callers' keys of all windows: a key is known wherever its use was charged, also after rollover (R7). */
    private @Nullable KeyTable keys;

    /** All that were ever granted (R38); they belong to no window. */
    private final List<MemoryGrant> grants = new ArrayList<>(0);

    private @Nullable WindowCounter latest;
    private @Nullable CatalogVersion confirmed;
    private long confirmedAt;
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

    /** Returns what the key stands for, be it a caller's own or one that was made here and that the caller repeats. */
    @Nullable
    LedgerEntry remembered(String key) {
        LedgerEntry known = keys == null ? null : keys.find(key);
        UUID made = known == null ? TimeOrderedKey.parse(key) : null;
        if (made != null) {
            for (WindowCounter counter : counters.values()) {
                known = known == null ? counter.log().find(made) : known;
            }
        }
        return known;
    }

    /** Tells whether {@code version} was in force when the catalog had changed {@code changes} times (R25). */
    boolean hasConfirmed(CatalogVersion version, long changes) {
        return confirmedAt == changes && version.equals(confirmed);
    }

    void confirm(CatalogVersion version, long changes) {
        confirmed = version;
        confirmedAt = changes;
    }

    /** Writes the row, and remembers its key. */
    void write(LedgerEntry entry) {
        entry.counter().log().add(entry);
        if (standsForItsKey(entry)) {
            remember(entry.keyText(), entry.id());
        }
    }

    /** A pool's member may use any key, and a hold's key is remembered already when it is charged. */
    private static boolean standsForItsKey(LedgerEntry entry) {
        return entry.more().origin() == null && !entry.operation().commits();
    }

    /** Remembers under which key the entry of this number was written. */
    void remember(String key, long id) {
        KeyTable table = keys;
        if (table == null) {
            table = new KeyTable(this::entry);
            keys = table;
        }
        table.add(key, id);
    }

    private @Nullable LedgerEntry entry(long id) {
        LedgerEntry found = null;
        for (WindowCounter counter : counters.values()) {
            found = found == null ? counter.log().find(id) : found;
        }
        return found;
    }

    /** Forgets a counter with its rows and keys. */
    void forget(WindowCounter counter) {
        counters.remove(counter.window());
        KeyTable table = keys;
        if (table != null) {
            for (LedgerEntry entry : counter.log().view()) {
                if (!entry.hasMadeKey() && standsForItsKey(entry)) {
                    table.remove(entry.keyText(), entry.id());
                }
            }
            keys = table.size() == 0 ? null : table;
        }
        if (latest == counter) {
            latest = null;
        }
    }
}
