package io.quotaguard.model;

/** Why a use was refused. */
public enum RefusalReason {
    /** The window's limit has no room for the amount. */
    LIMIT_REACHED,
    /** The subject has no plan, and there is no default plan. */
    NO_PLAN,
    /** The subject's plan does not have the feature. */
    NO_FEATURE,
    /** The subject's plan is switched off. */
    PLAN_INACTIVE;

    /** Returns the reason for which {@code standing} refuses; {@link Standing#GRANTED} leaves only the limit. */
    public static RefusalReason of(Standing standing) {
        return switch (standing) {
            case GRANTED -> LIMIT_REACHED;
            case NO_PLAN -> NO_PLAN;
            case NO_FEATURE -> NO_FEATURE;
            case PLAN_INACTIVE -> PLAN_INACTIVE;
        };
    }
}
