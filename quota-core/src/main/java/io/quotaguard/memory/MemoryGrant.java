package io.quotaguard.memory;

import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A grant and what is left of it. Guarded by the lock of its subject's and feature's meter. */
final class MemoryGrant {
    /** The order of use (R38); among equals the one that was granted first has the smaller number. */
    static final Comparator<MemoryGrant> ORDER = Comparator.<MemoryGrant>comparingInt(one -> one.grant.priority())
            .thenComparing(one -> one.grant.expiresAt(), Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparingLong(one -> one.grant.id());

    private final Grant grant;
    private final Instant grantedAt;
    private long left;
    private @Nullable Instant voidedAt;

    MemoryGrant(Grant grant, Instant grantedAt) {
        this.grant = grant;
        this.grantedAt = grantedAt;
        this.left = grant.amount();
    }

    long id() {
        return grant.id();
    }

    /** Tells whether uses can draw on it now (R39), be there anything left or not. */
    boolean isActiveAt(Instant now) {
        return voidedAt == null && grant.holdsAt(now);
    }

    long usableAt(Instant now) {
        return isActiveAt(now) ? left : 0;
    }

    boolean isVoided() {
        return voidedAt != null;
    }

    /** Takes units, or puts back those below zero; what was voided stays empty. */
    void take(long units) {
        if (voidedAt == null) {
            left -= units;
        }
    }

    void voidAt(Instant now) {
        left = 0;
        voidedAt = now;
    }

    /** Undoes {@link #voidAt}. */
    void restore(long units) {
        left = units;
        voidedAt = null;
    }

    GrantBalance balance() {
        return new GrantBalance(grant, left, grantedAt, voidedAt);
    }
}
