package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a limit comes from (R5). Immutable.
 *
 * @param kind which of the layers of R24 gave the limit
 * @param plan the code of the plan in force, also beneath an override; null when there is none
 * @param planVersion the version of that plan, 0 when there is none
 */
public record LimitSource(Kind kind, @Nullable String plan, long planVersion) {
    /** No plan and no override. */
    public static final LimitSource NONE = new LimitSource(Kind.NONE, null, 0);

    /** The layers of R24, and their absence. */
    public enum Kind {
        /** The plan that the subject subscribes to. */
        PLAN,
        /** An override of this subject and feature. */
        OVERRIDE,
        /** The default plan, for a subject without a subscription. */
        DEFAULT,
        /** A pool that the subject belongs to: the subject has no limit of its own in it, the plan is the pool's (R40). */
        POOL,
        /** Nothing gives the subject this feature. */
        NONE
    }

    @Override
    public String toString() {
        return plan == null ? kind.toString() : kind + "(" + plan + " v" + planVersion + ")";
    }
}
