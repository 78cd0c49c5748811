package io.quotaguard.model;

/** Why a use was refused. */
public enum RefusalReason {
    /** The window's limit has no room for the amount, whatever becomes of what is held. */
    EXHAUSTED,
    /** There would be room if what others hold were released or expired; {@link Verdict#heldUntil()} says when first. */
    HELD,
    /** The reservation had expired before it was committed (R35): nothing was charged. */
    EXPIRED,
    /** The subject has no plan, and there is no default plan. */
    NO_PLAN,
    /** The subject's plan does not have the feature. */
    NO_FEATURE,
    /** The subject's plan is switched off. */
    PLAN_INACTIVE;

    /** Returns the reason for which {@code standing} refuses; {@link Standing#GRANTED} leaves only the limit. */
    public static RefusalReason of(Standing standing) {
        return switch (standing) {
            case GRANTED -> EXHAUSTED;
            case NO_PLAN -> NO_PLAN;
            case NO_FEATURE -> NO_FEATURE;
            case PLAN_INACTIVE -> PLAN_INACTIVE;
        };
    }
}
