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
 * @param period the reset period, or null to inherit
 * @param thresholds the alert thresholds, or null to inherit
 * @param overage the overage, or null to inherit
 * @param failurePolicy the failure policy, or null to inherit
 * @param expiresAt the first instant at which it no longer holds, cut to the microsecond, or null for no end
 */
public record FeatureOverride(
        String subject,
        String feature,
        @Nullable Limit limit,
        @Nullable ResetPeriod period,
        @Nullable Thresholds thresholds,
        @Nullable Overage overage,
        @Nullable FailurePolicy failurePolicy,
        @Nullable Instant expiresAt) {
    public FeatureOverride {
        Names.requireSubject(subject);
        Names.requireFeature(feature);
        if (expiresAt != null) {
            expiresAt = SupportedTime.require(expiresAt).truncatedTo(ChronoUnit.MICROS);
        }
    }

    /** Returns an override that changes nothing yet. */
    public static FeatureOverride of(String subject, String feature) {
        return new FeatureOverride(subject, feature, null, null, null, null, null, null);
    }

    /** Returns an override of the limit alone, without an end; −1 for unlimited. */
    public static FeatureOverride ofLimit(String subject, String feature, long units) {
        return of(subject, feature).limit(units);
    }

    public FeatureOverride limit(long units) {
        return new FeatureOverride(
                subject, feature, Limit.of(units), period, thresholds, overage, failurePolicy, expiresAt);
    }

    public FeatureOverride period(ResetPeriod period) {
        return new FeatureOverride(subject, feature, limit, period, thresholds, overage, failurePolicy, expiresAt);
    }

    public FeatureOverride thresholds(Integer... percents) {
        return new FeatureOverride(
                subject, feature, limit, period, Thresholds.of(percents), overage, failurePolicy, expiresAt);
    }

    public FeatureOverride overage(Overage overage) {
        return new FeatureOverride(subject, feature, limit, period, thresholds, overage, failurePolicy, expiresAt);
    }

    public FeatureOverride onFailure(FailurePolicy policy) {
        return new FeatureOverride(subject, feature, limit, period, thresholds, overage, policy, expiresAt);
    }

    public FeatureOverride until(Instant expiresAt) {
        return new FeatureOverride(subject, feature, limit, period, thresholds, overage, failurePolicy, expiresAt);
    }

    /** Returns what is left of {@code terms} where this override is silent, and what it says elsewhere. */
    public PlanFeature over(PlanFeature terms) {
        return new PlanFeature(
                feature,
                limit != null ? limit : terms.limit(),
                period != null ? period : terms.period(),
                thresholds != null ? thresholds : terms.thresholds(),
                overage != null ? overage : terms.overage(),
                failurePolicy != null ? failurePolicy : terms.failurePolicy(),
                terms.label(),
                terms.draw());
    }

    /** Tells whether the override holds at {@code instant}. */
    public boolean holdsAt(Instant instant) {
        return expiresAt == null || instant.isBefore(expiresAt);
    }
}
