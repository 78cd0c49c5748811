package io.quotaguard.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A reservation as a store has it. Immutable.
 *
 * @param id which one
 * @param key the idempotency key of the call that made it; its use is charged under this key
 * @param units units of the use that are held
 * @param expiresAt the first instant at which they no longer are
 * @param state what has become of it, as of the read
 * @param lines the counters that it holds units of, that of the use itself first
 */
public record HeldUnits(
        UUID id, String key, long units, Instant expiresAt, ReservationState state, List<HeldLine> lines) {
    public HeldUnits {
        lines = List.copyOf(lines);
    }

    /**
     * One counter of which units are held.
     *
     * @param origin null for the use itself
     */
    public record HeldLine(
            String subject,
            String feature,
            Window window,
            @Nullable Origin origin) {}
}
