package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * The terms on which a plan offers one feature. Immutable.
 *
 * @param feature the feature's name
 * @param limit units per window
 * @param period how often the window starts anew
 * @param thresholds percentages of the limit at which alerts fire
 * @param overage how far beyond the limit it may be used (R41)
 * @param failurePolicy what to answer when the store cannot be asked
 * @param label how people are shown it
 * @param draw the credit feature that it is paid from as well, or null
 */
public record PlanFeature(
        String feature,
        Limit limit,
        ResetPeriod period,
        Thresholds thresholds,
        Overage overage,
        FailurePolicy failurePolicy,
        Label label,
        @Nullable Draw draw) {
    public PlanFeature {
        Names.requireFeature(feature);
        String named = InvalidQuotaArgumentException.escape(feature);
        InvalidQuotaArgumentException.required("limit of " + named, limit);
        InvalidQuotaArgumentException.required("reset period of " + named, period);
        InvalidQuotaArgumentException.required("thresholds of " + named, thresholds);
        InvalidQuotaArgumentException.required("overage of " + named, overage);
        InvalidQuotaArgumentException.required("failure policy of " + named, failurePolicy);
        InvalidQuotaArgumentException.required("label of " + named, label);
        if (draw != null && draw.credits().equals(feature)) {
            throw InvalidQuotaArgumentException.of("R40", "credit feature", feature, "would be paid from itself");
        }
    }

    /**
     * How people are shown a feature. Immutable.
     *
     * @param displayName its name, or null to show the feature's own
     * @param unit what one unit is called, such as {@code article}, or null
     */
    public record Label(
            @Nullable String displayName, @Nullable String unit) {
        /** Nothing but the feature's own name. */
        public static final Label NONE = new Label(null, null);

        public Label {
            if (displayName != null) {
                Names.require("display name of a feature", displayName);
            }
            if (unit != null) {
                Names.require("unit of a feature", unit);
            }
        }
    }

    /** Returns the terms with the default thresholds and no overage, failing closed. */
    public static PlanFeature of(String feature, Limit limit, ResetPeriod period) {
        return new PlanFeature(
                feature, limit, period, Thresholds.DEFAULT, Overage.HARD, FailurePolicy.CLOSED, Label.NONE, null);
    }

    public PlanFeature limit(long units) {
        return new PlanFeature(feature, Limit.of(units), period, thresholds, overage, failurePolicy, label, draw);
    }

    public PlanFeature period(ResetPeriod period) {
        return new PlanFeature(feature, limit, period, thresholds, overage, failurePolicy, label, draw);
    }

    public PlanFeature thresholds(Integer... percents) {
        return new PlanFeature(feature, limit, period, Thresholds.of(percents), overage, failurePolicy, label, draw);
    }

    /** Sets that no alert fires for the feature. */
    public PlanFeature withoutAlerts() {
        return new PlanFeature(feature, limit, period, Thresholds.NONE, overage, failurePolicy, label, draw);
    }

    public PlanFeature overage(Overage overage) {
        return new PlanFeature(feature, limit, period, thresholds, overage, failurePolicy, label, draw);
    }

    public PlanFeature onFailure(FailurePolicy policy) {
        return new PlanFeature(feature, limit, period, thresholds, overage, policy, label, draw);
    }

    /**
     * Sets that each unit also takes {@code rate} units of the credit feature {@code credits} of the same plan; the
     * feature's own limit stays as a cap, and may be unlimited.
     */
    public PlanFeature drawing(long rate, String credits) {
        return new PlanFeature(
                feature, limit, period, thresholds, overage, failurePolicy, label, new Draw(credits, rate));
    }

    /** Sets how people are shown the feature and one unit of it. */
    public PlanFeature shownAs(@Nullable String displayName, @Nullable String unit) {
        return new PlanFeature(
                feature, limit, period, thresholds, overage, failurePolicy, new Label(displayName, unit), draw);
    }
}
