package io.quotaguard.memory;

import io.quotaguard.model.Origin;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * What a reservation holds of one counter. Immutable but for its reservation.
 *
 * @param reservation whose units
 * @param counter of what
 * @param origin null for the use itself
 * @param units how many of this counter
 */
record HeldLine(
        Reservation reservation,
        WindowCounter counter,
        @Nullable Origin origin,
        long units) {
    /** The order of expiring; of several lines that one reservation has on a counter, none is the same. */
    static final Comparator<HeldLine> BY_EXPIRY = Comparator.<HeldLine, Instant>comparing(
                    line -> line.reservation.expiresAt())
            .thenComparing(line -> line.reservation.id());
}
