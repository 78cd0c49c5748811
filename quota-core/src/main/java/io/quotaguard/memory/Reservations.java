package io.quotaguard.memory;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** All reservations by their ids. Thread-safe; each goes with the counter of its use. */
final class Reservations {
    private final ConcurrentMap<UUID, Reservation> byId = new ConcurrentHashMap<>();

    void add(Reservation reservation) {
        byId.put(reservation.id(), reservation);
    }

    @Nullable
    Reservation get(UUID id) {
        return byId.get(id);
    }

    /** Forgets those whose keys are forgotten with the counter; returns how many. */
    int forget(WindowCounter counter) {
        int forgotten = 0;
        for (LedgerEntry entry : counter.log().others()) {
            Reservation reservation = entry.more().reservation();
            if (reservation != null) {
                forgotten += byId.remove(reservation.id()) == null ? 0 : 1;
            }
        }
        return forgotten;
    }
}
