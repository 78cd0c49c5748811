package io.quotaguard.spi;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the guard resolved for a line, for the store to verify before it decides by it (R19, R25). Immutable.
 *
 * @param standing whether the subject has the feature at all
 * @param limit units per window
 * @param ceiling units that a window admits in all: the limit and the overage beyond it (R41)
 * @param thresholds percentages at which alerts fire
 * @param source which layer gave the limit
 * @param window the window that the guard believes is current
 * @param validFrom the first instant at which these terms hold, or null; a node whose clock is ahead resolves them early
 * @param validUntil the first instant at which these terms no longer hold, or null
 * @param version the catalog revisions on which they depend
 */
public record Terms(
        Standing standing,
        Limit limit,
        Limit ceiling,
        Thresholds thresholds,
        LimitSource source,
        Window window,
        @Nullable Instant validFrom,
        @Nullable Instant validUntil,
        CatalogVersion version) {

    /** Returns the terms of {@code entitlement} in {@code window}. */
    public static Terms of(Entitlement entitlement, Window window) {
        return new Terms(
                entitlement.standing(),
                entitlement.limit(),
                entitlement.overage().ceiling(entitlement.limit()),
                entitlement.thresholds(),
                entitlement.source(),
                window,
                entitlement.validFrom(),
                entitlement.validUntil(),
                entitlement.version());
    }

    /** Tells whether the store's {@code now} lies in the window, and neither before the terms begin nor after they end. */
    public boolean holdAt(Instant now) {
        return window.contains(now)
                && (validFrom == null || !now.isBefore(validFrom))
                && (validUntil == null || now.isBefore(validUntil));
    }
}
