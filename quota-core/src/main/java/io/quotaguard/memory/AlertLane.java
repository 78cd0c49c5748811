package io.quotaguard.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one counter, which leave in their order (R33). Guarded by the outbox's lock.
 *
 * <p>During a claim the lane moves on from one alert to the next; otherwise it stands at the first that is neither sent nor parked.
 */
final class AlertLane {
    private List<AlertSlot> all = List.of();
    private List<AlertSlot> open = List.of();
    private int next;

    void add(AlertSlot slot) {
        // Most counters never fire, so most lanes never hold a list of their own.
        if (all.isEmpty()) {
            all = new ArrayList<>(4);
            open = new ArrayList<>(4);
        }
        all.add(slot);
        open.add(slot);
    }

    List<AlertSlot> all() {
        return all;
    }

    /** Lets what follows go on without it: it is sent, or parked. */
    void leave(AlertSlot slot) {
        open.remove(slot);
    }

    /** Takes a parked alert back to where it stood. */
    void rejoin(AlertSlot slot) {
        int place = 0;
        while (place < open.size() && open.get(place).id() < slot.id()) {
            place++;
        }
        open.add(place, slot);
    }

    void remove(AlertSlot slot) {
        all.remove(slot);
        open.remove(slot);
    }

    void restart() {
        next = 0;
    }

    void moveOn() {
        next++;
    }

    /** Moves past alerts that {@code dispatcher} has in its hands at {@code now}: what follows may go to it as well. */
    void passHeldBy(String dispatcher, Instant now) {
        while (next < open.size() && open.get(next).isHeldBy(dispatcher, now)) {
            next++;
        }
    }

    /** Returns the alert at which the lane stands, or null past the last. */
    @Nullable
    AlertSlot head() {
        return next < open.size() ? open.get(next) : null;
    }

    /** Returns the id of its head; only asked while there is one. */
    long headId() {
        return open.get(next).id();
    }

    /** Returns when its head may be claimed; only asked while there is one. */
    Instant headDueAt() {
        return open.get(next).dueAt();
    }
}
