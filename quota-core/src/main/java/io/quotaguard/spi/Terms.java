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
 * @param granted whether the subject has grants of the feature on top of the limit (R38); covered by the revisions
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
        CatalogVersion version,
        boolean granted) {

    /** Terms without grants. */
    public Terms(
            Standing standing,
            Limit limit,
            Limit ceiling,
            Thresholds thresholds,
            LimitSource source,
            Window window,
            @Nullable Instant validFrom,
            @Nullable Instant validUntil,
            CatalogVersion version) {
        this(standing, limit, ceiling, thresholds, source, window, validFrom, validUntil, version, false);
    }

    /** Returns the terms of {@code entitlement} in {@code window}. */
    public static Terms of(Entitlement entitlement, Window window, boolean granted) {
        return new Terms(
                entitlement.standing(),
                entitlement.limit(),
                entitlement.overage().ceiling(entitlement.limit()),
                entitlement.thresholds(),
                entitlement.source(),
                window,
                entitlement.validFrom(),
                entitlement.validUntil(),
                entitlement.version(),
                granted);
    }

    /**
     * Returns these terms for something charged or held earlier, in {@code earlier} (R36): when that is not the current
     * window any more, nothing fires and nothing that is current is touched (R32).
     *
     * <p>They hold as long as the window for which they were resolved is the current one, which the store verifies by
     * {@link #validFrom} and {@link #validUntil} alone.
     */
    public Terms forEarlier(Window earlier) {
        boolean current = earlier.equals(window) && standing == Standing.GRANTED;
        boolean counts = standing == Standing.GRANTED;
        Instant from = validFrom == null || validFrom.isBefore(window.start()) ? window.start() : validFrom;
        Instant until = validUntil == null || (window.end() != null && validUntil.isAfter(window.end()))
                ? window.end()
                : validUntil;
        return new Terms(
                Standing.GRANTED,
                counts ? limit : Limit.unlimited(),
                counts ? ceiling : Limit.unlimited(),
                current ? thresholds : Thresholds.NONE,
                source,
                earlier,
                from,
                until,
                version,
                granted);
    }

    /** Tells whether the store's {@code now} lies in the window, and neither before the terms begin nor after they end. */
    public boolean holdAt(Instant now) {
        return window.contains(now) && areInForceAt(now);
    }

    /** Tells whether the store's {@code now} lies neither before the terms begin nor after they end. */
    public boolean areInForceAt(Instant now) {
        return (validFrom == null || !now.isBefore(validFrom)) && (validUntil == null || now.isBefore(validUntil));
    }
}
