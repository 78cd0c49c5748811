package io.quotaguard.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one counter, which leave in their order (R33). Guarded by the outbox's lock.
 *
 * <p>During a claim the lane moves on from one alert to the next; otherwise it stands at its first unsent one.
 */
final class AlertLane {
    private List<AlertSlot> all = List.of();
    private List<AlertSlot> unsent = List.of();
    private int next;

    void add(AlertSlot slot) {
        // Most counters never fire, so most lanes never hold a list of their own.
        if (all.isEmpty()) {
            all = new ArrayList<>(4);
            unsent = new ArrayList<>(4);
        }
        all.add(slot);
        unsent.add(slot);
    }

    List<AlertSlot> all() {
        return all;
    }

    void sent(AlertSlot slot) {
        unsent.remove(slot);
    }

    void restart() {
        next = 0;
    }

    void moveOn() {
        next++;
    }

    /** Moves past alerts that {@code dispatcher} has in its hands at {@code now}: what follows may go to it as well. */
    void passHeldBy(String dispatcher, Instant now) {
        while (next < unsent.size() && unsent.get(next).isHeldBy(dispatcher, now)) {
            next++;
        }
    }

    /** Returns the alert at which the lane stands, or null past the last. */
    @Nullable
    AlertSlot head() {
        return next < unsent.size() ? unsent.get(next) : null;
    }

    /** Returns the id of its head; only asked while there is one. */
    long headId() {
        return unsent.get(next).id();
    }

    /** Returns when its head may be claimed; only asked while there is one. */
    Instant headDueAt() {
        return unsent.get(next).dueAt();
    }
}
