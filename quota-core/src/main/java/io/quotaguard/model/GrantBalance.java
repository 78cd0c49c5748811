package io.quotaguard.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A grant and what became of it. Immutable.
 *
 * @param grant the grant
 * @param left units that were not used; none when it was voided
 * @param grantedAt when it was granted, on the store's clock
 * @param voidedAt when what was left of it was taken back, or null
 */
public record GrantBalance(
        Grant grant, long left, Instant grantedAt, @Nullable Instant voidedAt) {
    /** Returns the units that uses can draw on at {@code instant}. */
    public long usableAt(Instant instant) {
        return voidedAt == null && grant.holdsAt(instant) ? left : 0;
    }
}
