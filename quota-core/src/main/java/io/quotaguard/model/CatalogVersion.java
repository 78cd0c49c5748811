package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * What a resolved limit depends on: the store compares it with its own truth inside the deciding step (R25). Immutable.
 *
 * <p>Three revisions make a plan change cost the same for one subscriber and for a million: a plan's edit moves one
 * number, not one per subject.
 *
 * @param subject revision of the subject's own entries (subscription and overrides), 0 when it never had any
 * @param planCode the plan whose terms were used, or null when none was
 * @param plan current version of that plan, 0 when {@code planCode} is null
 * @param defaultPlan revision of the choice of default plan, or {@link #NOT_USED} when the subject has its own plan
 */
public record CatalogVersion(long subject, @Nullable String planCode, long plan, long defaultPlan) {
    /** Marks a revision on which the limit does not depend. */
    public static final long NOT_USED = -1;
}
