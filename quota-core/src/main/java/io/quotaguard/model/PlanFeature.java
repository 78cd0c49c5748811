package io.quotaguard.model;

/**
 * The terms on which a plan offers one feature. Immutable.
 *
 * @param feature the feature's name
 * @param limit units per window
 * @param period how often the window starts anew
 * @param thresholds percentages of the limit at which alerts fire
 * @param failurePolicy what to answer when the store cannot be asked
 */
public record PlanFeature(
        String feature, Limit limit, ResetPeriod period, Thresholds thresholds, FailurePolicy failurePolicy) {
    public PlanFeature {
        Names.requireFeature(feature);
        InvalidQuotaArgumentException.required("limit of " + feature, limit);
        InvalidQuotaArgumentException.required("reset period of " + feature, period);
        InvalidQuotaArgumentException.required("thresholds of " + feature, thresholds);
        InvalidQuotaArgumentException.required("failure policy of " + feature, failurePolicy);
    }

    /** Returns the terms with the default thresholds, failing closed. */
    public static PlanFeature of(String feature, Limit limit, ResetPeriod period) {
        return new PlanFeature(feature, limit, period, Thresholds.DEFAULT, FailurePolicy.CLOSED);
    }

    public PlanFeature thresholds(Integer... percents) {
        return new PlanFeature(feature, limit, period, Thresholds.of(percents), failurePolicy);
    }

    public PlanFeature onFailure(FailurePolicy policy) {
        return new PlanFeature(feature, limit, period, thresholds, policy);
    }
}
