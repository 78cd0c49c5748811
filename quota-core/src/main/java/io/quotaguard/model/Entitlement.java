package io.quotaguard.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a subject may do with one feature, resolved from override, plan and default (R24), for a span of time. Immutable.
 *
 * @param feature the feature
 * @param standing whether the subject has the feature at all
 * @param limit units per window; zero unless the standing is {@link Standing#GRANTED}
 * @param period how often the window starts anew
 * @param thresholds percentages at which alerts fire
 * @param overage how far beyond the limit it may be used (R41)
 * @param failurePolicy what to answer when the store cannot be asked
 * @param draw the credit feature that it is paid from as well, or null
 * @param source which layer gave the limit
 * @param version the catalog revisions on which all of this depends (R25)
 * @param validFrom the first instant at which it holds, or null when it did as long as its revisions are in force
 * @param validUntil the first instant at which it no longer holds, or null when only a change can end it
 */
public record Entitlement(
        String feature,
        Standing standing,
        Limit limit,
        ResetPeriod period,
        Thresholds thresholds,
        Overage overage,
        FailurePolicy failurePolicy,
        @Nullable Draw draw,
        LimitSource source,
        CatalogVersion version,
        @Nullable Instant validFrom,
        @Nullable Instant validUntil) {

    /** Tells whether the entitlement still holds at {@code instant}, as far as time alone decides. */
    public boolean holdsAt(Instant instant) {
        return (validFrom == null || !instant.isBefore(validFrom))
                && (validUntil == null || instant.isBefore(validUntil));
    }
}
