package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.escape;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way: {@link #prepare} what is to be sent, {@link #take} what came of it, and so on until it has ended.
 * Used by one thread.
 */
final class CallRun {
    /** How often a store that cannot be reached is asked again within one call. */
    private static final int MAX_FAULTS = 3;

    private final Call call;
    private final Runner runner;
    private final Deadline deadline;
    private Instant at;
    private @Nullable Command sent;
    private int faults;
    private @Nullable Throwable unknown;
    private @Nullable Answer answer;
    private @Nullable QuotaException failure;

    CallRun(Call call, Runner runner, Deadline deadline) {
        this.call = call;
        this.runner = runner;
        this.deadline = deadline;
        this.at = runner.storeTime();
    }

    /** Returns the command to send now, or null when the call has ended, or has to be tried again. */
    @Nullable
    Command prepare() {
        if (deadline.hasPassed()) {
            take(new Outcome.Unavailable(timedOut(), false));
            return null;
        }
        try {
            sent = call.resolve(runner.entitlements(), at, deadline);
            return sent;
        } catch (QuotaUnavailableException e) {
            // Reading the catalog records nothing, whatever became of it.
            take(new Outcome.Unavailable(e, true));
        } catch (InvalidQuotaArgumentException e) {
            failure = e;
        }
        return null;
    }

    boolean hasEnded() {
        return answer != null || failure != null;
    }

    /** Returns how often a store could not be asked. */
    int faults() {
        return faults;
    }

    /**
     * Returns how it ended.
     *
     * @throws QuotaException when it failed
     */
    Answer answer() {
        if (answer != null) {
            return answer;
        }
        throw failure != null ? failure : new IllegalStateException("the call has not ended");
    }

    /** Returns how it ended, as the result of {@code usage}. */
    UsageResult result(Usage usage) {
        return new UsageResult(usage, answer == null ? null : answer.decision(), failure);
    }

    void take(Outcome outcome) {
        if (outcome instanceof Outcome.Accepted accepted) {
            answer = accepted(accepted);
        } else if (outcome instanceof Outcome.Refused refused) {
            if (charges()) {
                runner.tally().refused.increment();
            }
            answer = new Answer(new Decision(refused.verdicts(), call.key().text(), false, false), null, false);
        } else if (outcome instanceof Outcome.Conflict conflict) {
            failure = conflict(conflict);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            failure = rejected.failure();
        } else if (outcome instanceof Outcome.Settled settled) {
            failure = settled(settled);
        } else if (outcome instanceof Outcome.NotFound missing) {
            failure = InvalidQuotaArgumentException.of(
                    call.operation().corrects() ? "R37" : "R34",
                    call.operation().corrects() ? "use" : "reservation",
                    missing.id(),
                    "is not known; it never was, or it is older than what is kept");
        } else if (outcome instanceof Outcome.Stale stale) {
            refresh(stale);
        } else {
            onFault(outcome);
        }
    }

    private boolean charges() {
        return call.operation() == Operation.RECORD
                || call.operation() == Operation.UP_TO
                || call.operation() == Operation.HOLD;
    }

    private Answer accepted(Outcome.Accepted accepted) {
        // With a key of this call's own, a replay answers the attempt whose answer was lost: for the caller the first.
        boolean replayed = accepted.replayed() && !call.key().generated();
        if (replayed) {
            runner.tally().replayed.increment();
        } else if (charges()) {
            runner.tally().allowed.increment();
        }
        // A lost answer may have told of alerts.
        if (!accepted.alerts().isEmpty() || (accepted.replayed() && unknown != null)) {
            runner.alertsFired();
        }
        Decision decision = new Decision(accepted.verdicts(), call.key().text(), replayed, false);
        return new Answer(decision, accepted.heldUntil(), accepted.replayed());
    }

    private void refresh(Outcome.Stale stale) {
        runner.tally().stale.increment();
        at = stale.storeTime();
        if (stale.cause() == Outcome.Stale.Cause.CATALOG && sent != null) {
            for (Line line : sent.lines()) {
                if (line.subject().equals(stale.subject())) {
                    runner.entitlements().forgetStale(line, at);
                }
            }
        }
    }

    private void onFault(Outcome outcome) {
        boolean retry = true;
        QuotaException fault;
        if (outcome instanceof Outcome.Unknown lost && call.operation() == Operation.CHECK) {
            // A check records nothing, so that nothing about it can stay unknown.
            fault = lostCheck(lost.cause());
        } else if (outcome instanceof Outcome.Unknown lost) {
            unknown = lost.cause();
            fault = unknownOutcome();
        } else {
            Outcome.Unavailable unavailable = (Outcome.Unavailable) outcome;
            retry = unavailable.retryable();
            fault = unknown == null ? unavailable.failure() : unknownOutcome();
        }
        faults++;
        if (retry && faults < MAX_FAULTS && runner.canPause(faults, deadline)) {
            at = runner.storeTime();
        } else {
            degradeOr(fault);
        }
    }

    private void degradeOr(QuotaException fault) {
        Optional<Command> open = call.resolveOpen(runner.entitlements(), at);
        if (open.isPresent() && runner.keep(open.get())) {
            runner.tally().degraded.increment();
            answer = degraded(open.get());
            return;
        }
        if (fault instanceof OutcomeUnknownException) {
            runner.tally().unknown.increment();
        } else {
            runner.tally().unavailable.increment();
        }
        failure = fault;
    }

    private Answer degraded(Command posted) {
        List<Verdict> verdicts = new ArrayList<>();
        posted.lines().forEach(line -> verdicts.add(line.verdict(null, Counter.ZERO, 0, 0, null)));
        return new Answer(new Decision(verdicts, call.key().text(), false, true), null, false);
    }

    private IdempotencyConflictException conflict(Outcome.Conflict conflict) {
        return new IdempotencyConflictException(
                "key " + escape(call.key().text()) + " was used for another request of "
                        + escape(conflict.subject()) + " / " + escape(conflict.feature())
                        + "; a retry must repeat its operation, amount and lines (R8)",
                call.key().text(),
                runner.storeName());
    }

    private ReservationSettledException settled(Outcome.Settled settled) {
        String text = call.key().text();
        return new ReservationSettledException(
                "the reservation under key " + escape(text) + " is " + settled.state()
                        + " for good, and cannot be ended in another way (R35)",
                settled.state(),
                text,
                runner.storeName());
    }

    private OutcomeUnknownException unknownOutcome() {
        return new OutcomeUnknownException(
                "the answer of store " + runner.storeName() + " was lost, so the use may have been recorded; repeat the"
                        + " call with key " + call.key().text() + " and it is counted once (R43)",
                unknown,
                call.key().text(),
                runner.storeName());
    }

    private QuotaUnavailableException lostCheck(Throwable cause) {
        return new QuotaUnavailableException(
                "the answer of store " + runner.storeName() + " to a check was lost; check again",
                cause,
                null,
                runner.storeName());
    }

    private QuotaUnavailableException timedOut() {
        return new QuotaUnavailableException(
                "store " + runner.storeName() + " did not decide before the deadline; nothing was recorded (R45)",
                null,
                call.key().text(),
                runner.storeName());
    }
}
