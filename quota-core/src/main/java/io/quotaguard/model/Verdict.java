package io.quotaguard.model;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was decided for one subject and feature (R5). Immutable.
 *
 * @param subject who
 * @param feature what
 * @param amount units asked for
 * @param refusal why it was refused, or null when this line passed
 * @param limit the limit in force at the decision
 * @param counter the totals after the decision; for a refusal and for a read, the totals found
 * @param window the window that was charged; null when the subject has no such feature and so no window
 * @param source which layer gave the limit
 */
public record Verdict(
        String subject,
        String feature,
        long amount,
        @Nullable RefusalReason refusal,
        Limit limit,
        Counter counter,
        @Nullable Window window,
        LimitSource source) {

    public boolean allowed() {
        return refusal == null;
    }

    /** Returns the units left, never negative; empty when unlimited (R5). */
    public OptionalLong remaining() {
        return limit.remaining(counter.taken());
    }

    /** Returns how many units of a recorded use lie above the limit (R41); 0 for a refusal. */
    public long overage() {
        return allowed() ? limit.overage(counter.used(), amount) : 0;
    }

    /** Returns when the window ends and the count starts anew; empty when it never does. */
    public Optional<Instant> resetsAt() {
        return window == null ? Optional.empty() : window.resetsAt();
    }
}
