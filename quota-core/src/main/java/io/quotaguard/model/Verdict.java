package io.quotaguard.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was decided for one subject and feature (R5). Immutable.
 *
 * @param subject who
 * @param feature what
 * @param amount units asked for; of a use that takes what is left, the units that it got
 * @param refusal why it was refused, or null when this line passed
 * @param limit the limit in force at the decision: the plan's allowance, and the grants used on top of it or still left
 * @param counter the totals after the decision; for a refusal and for a read, the totals found
 * @param window the window that was charged; null when the subject has no such feature and so no window
 * @param source which layer gave the limit
 * @param overage units of a recorded use that lie above the limit (R41); 0 for a refusal and for what is only held
 * @param origin on whose behalf the counter is charged, or null for the use itself
 * @param heldUntil for {@link RefusalReason#HELD}, when the first of the holds in the way expires; else null
 */
public record Verdict(
        String subject,
        String feature,
        long amount,
        @Nullable RefusalReason refusal,
        Limit limit,
        Counter counter,
        @Nullable Window window,
        LimitSource source,
        long overage,
        @Nullable Origin origin,
        @Nullable Instant heldUntil) {

    /** The order of a command's lines: subject, feature, and of one counter the use itself before those on behalf of others. */
    public static final Comparator<Verdict> LINE_ORDER = Comparator.comparing(Verdict::subject)
            .thenComparing(Verdict::feature)
            .thenComparing(
                    Verdict::origin,
                    Comparator.nullsFirst(Comparator.comparing(Origin::subject).thenComparing(Origin::feature)));

    /** A verdict on the use itself, whose overage is what lies above the limit. */
    public Verdict(
            String subject,
            String feature,
            long amount,
            @Nullable RefusalReason refusal,
            Limit limit,
            Counter counter,
            @Nullable Window window,
            LimitSource source) {
        this(
                subject,
                feature,
                amount,
                refusal,
                limit,
                counter,
                window,
                source,
                refusal == null ? limit.overage(counter.used(), amount) : 0,
                null,
                null);
    }

    /** Returns this verdict with other totals. */
    Verdict with(Counter totals) {
        return new Verdict(
                subject, feature, amount, refusal, limit, totals, window, source, overage, origin, heldUntil);
    }

    public boolean allowed() {
        return refusal == null;
    }

    /** Returns the units left, never negative; empty when unlimited (R5). */
    public OptionalLong remaining() {
        return limit.remaining(counter.taken());
    }

    /** Returns the units of the use itself for which room is left, never negative; empty when unlimited. */
    public OptionalLong usesLeft() {
        OptionalLong units = remaining();
        return origin == null || units.isEmpty() ? units : OptionalLong.of(units.getAsLong() / origin.rate());
    }

    /** Returns when the window ends and the count starts anew; empty when it never does. */
    public Optional<Instant> resetsAt() {
        return window == null ? Optional.empty() : window.resetsAt();
    }
}
