package io.quotaguard.spi;

import io.quotaguard.model.Alert;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of one command. Every kind but {@link Accepted} and {@link Unknown} left nothing behind. Immutable. */
public sealed interface Outcome {

    /**
     * Every line passed; counters, ledger rows, key and alerts are committed (or, for a check, would pass).
     *
     * @param verdicts one per line, in the command's order
     * @param replayed whether this repeats the answer to an earlier call with the key (R7)
     * @param alerts what fired, ascending per counter; empty for a replay
     * @param heldUntil when the hold expires that was made, replayed or extended; else null
     */
    record Accepted(
            List<Verdict> verdicts,
            boolean replayed,
            List<Alert> alerts,
            @Nullable Instant heldUntil) implements Outcome {
        public Accepted {
            verdicts = List.copyOf(verdicts);
            alerts = List.copyOf(alerts);
        }

        public Accepted(List<Verdict> verdicts, boolean replayed, List<Alert> alerts) {
            this(verdicts, replayed, alerts, null);
        }
    }

    /**
     * At least one line refused, so nothing was changed (R2, R3).
     *
     * @param verdicts one per line, in the command's order
     */
    record Refused(List<Verdict> verdicts) implements Outcome {
        public Refused {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * The key stands for another request (R8).
     *
     * @param subject the scope in which it does
     * @param feature the scope in which it does
     */
    record Conflict(String subject, String feature) implements Outcome {}

    /** The reservation has ended in another way than the one asked for (R35). */
    record Settled(ReservationState state) implements Outcome {}

    /** There is no such reservation, or no such use to correct; or it was forgotten after its retention. */
    record NotFound(UUID id) implements Outcome {}

    /**
     * The terms are not the store's any more (R19, R25): resolve again and retry.
     *
     * @param subject whose terms
     * @param cause what moved
     * @param storeTime the store's time at the verification: resolving at this very instant gives the right window
     */
    record Stale(String subject, Cause cause, Instant storeTime) implements Outcome {
        /** What moved. */
        public enum Cause {
            /** The store's clock is outside the window, or outside the span in which the terms hold. */
            CLOCK,
            /** The catalog has another revision. */
            CATALOG
        }
    }

    /**
     * The request cannot be carried out whatever the store's state will be; {@code failure} says why.
     *
     * @param failure what to throw to the caller
     */
    record Rejected(QuotaException failure) implements Outcome {}

    /**
     * The store could not decide, and nothing was recorded.
     *
     * @param failure what to throw to the caller
     * @param retryable whether the same command may succeed if it is sent again now
     */
    record Unavailable(QuotaException failure, boolean retryable) implements Outcome {}

    /**
     * The answer was lost: the command may have been carried out or not. The same key resolves it (R7).
     *
     * @param cause what broke
     */
    record Unknown(Throwable cause) implements Outcome {}
}
