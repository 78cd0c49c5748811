package io.quotaguard.model;

/** Whether a subject may use a feature at all, before any counting (R4). */
public enum Standing {
    /** The subject's plan has the feature; its limit decides. */
    GRANTED,
    /** The subject has no plan, and there is no default plan. */
    NO_PLAN,
    /** The subject's plan does not have the feature. */
    NO_FEATURE,
    /** The subject's plan is switched off. */
    PLAN_INACTIVE
}
