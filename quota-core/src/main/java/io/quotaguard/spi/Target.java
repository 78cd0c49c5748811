package io.quotaguard.spi;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a command other than a plain charge is about. Immutable.
 *
 * @param id the reservation, which is the identity of the use that it is held for; for a correction, the identity of the
 *     use's ledger row
 * @param row for a correction, the number of that row, which a store may find it by as well; else 0
 * @param ttl how long from the store's now a hold lasts, for {@link Operation#HOLD} and {@link Operation#EXTEND}; else null
 * @param spending what is charged out of a hold, for {@link Operation#SPEND}; else null
 */
public record Target(
        UUID id, long row, @Nullable Duration ttl, @Nullable Spending spending) {
    /** What is corrected. */
    public Target(UUID id, long row, @Nullable Duration ttl) {
        this(id, row, ttl, null);
    }

    /** A hold to be made or extended. */
    public Target(UUID id, @Nullable Duration ttl) {
        this(id, 0, ttl, null);
    }

    /** Returns a hold to be spent from. */
    public static Target of(UUID id, Spending spending) {
        return new Target(id, 0, null, spending);
    }
}
