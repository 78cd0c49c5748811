package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.escape;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Verdict;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes a call to its end: resolve near, let the store verify and decide, and try again while that helps and time is left
 * (R25, R43, R45). Thread-safe.
 */
final class CallRunner {
    /** How often a store that cannot be reached is asked again within one call. */
    private static final int MAX_FAULTS = 3;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final QuotaStore store;
    private final Entitlements entitlements;
    private final DegradedJournal journal;
    private final Tally tally;
    private final Runnable alertsFired;

    CallRunner(
            QuotaStore store, Entitlements entitlements, DegradedJournal journal, Tally tally, Runnable alertsFired) {
        this.store = store;
        this.entitlements = entitlements;
        this.journal = journal;
        this.tally = tally;
        this.alertsFired = alertsFired;
    }

    Decision run(Call call, Deadline deadline) {
        return new Run(call, deadline).toEnd();
    }

    /** One call on its way; used by one thread. */
    private final class Run {
        private final Call call;
        private final Deadline deadline;
        private Instant at = store.clock().instant();
        private @Nullable Command sent;
        private int faults;
        private @Nullable Throwable unknown;

        Run(Call call, Deadline deadline) {
            this.call = call;
            this.deadline = deadline;
        }

        Decision toEnd() {
            while (true) {
                Outcome outcome = attempt();
                if (outcome instanceof Outcome.Accepted accepted) {
                    return accepted(accepted);
                } else if (outcome instanceof Outcome.Refused refused) {
                    if (call.operation() == Operation.RECORD) {
                        tally.refused.increment();
                    }
                    return new Decision(refused.verdicts(), call.key().text(), false, false);
                } else if (outcome instanceof Outcome.Conflict conflict) {
                    throw conflict(conflict);
                } else if (outcome instanceof Outcome.Rejected rejected) {
                    throw rejected.failure();
                } else if (outcome instanceof Outcome.Stale stale) {
                    refresh(stale);
                } else {
                    Decision degraded = onFault(outcome);
                    if (degraded != null) {
                        return degraded;
                    }
                }
            }
        }

        private Outcome attempt() {
            if (deadline.hasPassed()) {
                return new Outcome.Unavailable(timedOut(), false);
            }
            Command command;
            try {
                command = call.resolve(entitlements, at, deadline);
                sent = command;
            } catch (QuotaUnavailableException e) {
                // Reading the catalog records nothing, whatever became of it.
                return new Outcome.Unavailable(e, true);
            }
            try {
                return store.execute(List.of(command), deadline).get(0);
            } catch (RuntimeException e) {
                // A store that throws broke its promise, and who knows at which point.
                return new Outcome.Unknown(e);
            }
        }

        private Decision accepted(Outcome.Accepted accepted) {
            // With a key of this call's own, a replay answers the attempt whose answer was lost: for the caller the
            // first.
            boolean replayed = accepted.replayed() && !call.key().generated();
            if (replayed) {
                tally.replayed.increment();
            } else if (call.operation() == Operation.RECORD) {
                tally.allowed.increment();
            }
            // A lost answer may have told of alerts.
            if (!accepted.alerts().isEmpty() || (accepted.replayed() && unknown != null)) {
                alertsFired.run();
            }
            return new Decision(accepted.verdicts(), call.key().text(), replayed, false);
        }

        private void refresh(Outcome.Stale stale) {
            tally.stale.increment();
            at = stale.storeTime();
            if (stale.cause() == Outcome.Stale.Cause.CATALOG && sent != null) {
                for (Line line : sent.lines()) {
                    if (line.subject().equals(stale.subject())) {
                        entitlements.forgetStale(line, at);
                    }
                }
            }
        }

        /** Returns a degraded decision, or null to try again; throws when the call has failed. */
        private @Nullable Decision onFault(Outcome outcome) {
            boolean retry = true;
            QuotaException failure;
            if (outcome instanceof Outcome.Unknown lost && call.operation() == Operation.CHECK) {
                // A check records nothing, so that nothing about it can stay unknown.
                failure = lostCheck(lost.cause());
            } else if (outcome instanceof Outcome.Unknown lost) {
                unknown = lost.cause();
                failure = unknownOutcome();
            } else {
                Outcome.Unavailable unavailable = (Outcome.Unavailable) outcome;
                retry = unavailable.retryable();
                failure = unknown == null ? unavailable.failure() : unknownOutcome();
            }
            faults++;
            if (retry && faults < MAX_FAULTS && pause()) {
                at = store.clock().instant();
                return null;
            }
            return degradedOr(failure);
        }

        private Decision degradedOr(QuotaException failure) {
            Optional<Command> open = call.resolveOpen(entitlements, at);
            if (open.isPresent() && journal.add(open.get())) {
                tally.degraded.increment();
                return degraded(open.get());
            }
            if (failure instanceof OutcomeUnknownException) {
                tally.unknown.increment();
            } else {
                tally.unavailable.increment();
            }
            throw failure;
        }

        private Decision degraded(Command posted) {
            List<Verdict> verdicts = new ArrayList<>();
            posted.lines().forEach(line -> verdicts.add(line.verdict(null, Counter.ZERO)));
            return new Decision(verdicts, call.key().text(), false, true);
        }

        /** Waits a little longer with each fault, with jitter; returns false when the deadline leaves no time for it. */
        private boolean pause() {
            long longest = FIRST_PAUSE_NANOS << (2 * (faults - 1));
            long nanos = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
            if (deadline.remaining().toNanos() <= nanos) {
                return false;
            }
            LockSupport.parkNanos(nanos);
            return !Thread.currentThread().isInterrupted();
        }

        private IdempotencyConflictException conflict(Outcome.Conflict conflict) {
            return new IdempotencyConflictException(
                    "key " + escape(call.key().text()) + " was used for another request of "
                            + escape(conflict.subject()) + " / " + escape(conflict.feature())
                            + "; a retry must repeat its operation, amount and lines (R8)",
                    call.key().text(),
                    store.name());
        }

        private OutcomeUnknownException unknownOutcome() {
            return new OutcomeUnknownException(
                    "the answer of store " + store.name() + " was lost, so the use may have been recorded; repeat the"
                            + " call with key " + call.key().text() + " and it is counted once (R43)",
                    unknown,
                    call.key().text(),
                    store.name());
        }

        private QuotaUnavailableException lostCheck(Throwable cause) {
            return new QuotaUnavailableException(
                    "the answer of store " + store.name() + " to a check was lost; check again",
                    cause,
                    null,
                    store.name());
        }

        private QuotaUnavailableException timedOut() {
            return new QuotaUnavailableException(
                    "store " + store.name() + " did not decide before the deadline; nothing was recorded (R45)",
                    null,
                    call.key().text(),
                    store.name());
        }
    }
}
