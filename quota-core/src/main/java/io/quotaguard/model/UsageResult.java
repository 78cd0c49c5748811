package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * What came of one of many independent uses (R11): a decision or a failure, never both. Immutable.
 *
 * @param usage the use
 * @param decision what was decided, or null
 * @param failure why it could not be decided, or null
 */
public record UsageResult(
        Usage usage, @Nullable Decision decision, @Nullable QuotaException failure) {
    public boolean allowed() {
        return decision != null && decision.allowed();
    }

    /**
     * Returns the decision.
     *
     * @throws QuotaException when there is none
     */
    public Decision orThrow() {
        if (decision == null) {
            throw failure != null ? failure : new IllegalStateException("neither a decision nor a failure");
        }
        return decision;
    }
}
