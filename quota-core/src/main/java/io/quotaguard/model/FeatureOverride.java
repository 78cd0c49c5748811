package io.quotaguard.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Terms of one subject for one feature that stand above its plan's, field by field; an unset field inherits (R24).
 * Immutable.
 *
 * @param subject whose override it is
 * @param feature the feature it is for
 * @param limit the limit, or null to inherit
 * @param thresholds the alert thresholds, or null to inherit
 * @param failurePolicy the failure policy, or null to inherit
 * @param expiresAt the first instant at which it no longer holds, cut to the microsecond, or null for no end
 */
public record FeatureOverride(
        String subject,
        String feature,
        @Nullable Limit limit,
        @Nullable Thresholds thresholds,
        @Nullable FailurePolicy failurePolicy,
        @Nullable Instant expiresAt) {
    public FeatureOverride {
        Names.requireSubject(subject);
        Names.requireFeature(feature);
        if (expiresAt != null) {
            expiresAt = SupportedTime.require(expiresAt).truncatedTo(ChronoUnit.MICROS);
        }
    }

    /** Returns an override of the limit alone, without an end. */
    public static FeatureOverride ofLimit(String subject, String feature, long units) {
        return new FeatureOverride(subject, feature, Limit.of(units), null, null, null);
    }

    public FeatureOverride until(Instant expiresAt) {
        return new FeatureOverride(subject, feature, limit, thresholds, failurePolicy, expiresAt);
    }

    /** Tells whether the override holds at {@code instant}. */
    public boolean holdsAt(Instant instant) {
        return expiresAt == null || instant.isBefore(expiresAt);
    }
}
