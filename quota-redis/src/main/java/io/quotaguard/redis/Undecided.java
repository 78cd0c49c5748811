package io.quotaguard.redis;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;

/** Outcomes of commands that were not decided, or of which nobody heard whether they were. */
final class Undecided {
    private Undecided() {}

    /** Returns the outcome of a command to which Redis did not answer. */
    static Outcome fault(Command command, RedisFault fault) {
        boolean unknown = fault.carriedOutPerhaps() && command.operation() != Operation.CHECK;
        return unknown ? new Outcome.Unknown(fault) : new Outcome.Unavailable(fault.unavailable(command.key()), true);
    }

    static Outcome timedOut(Command command) {
        return notDecided(command, "what is asked for was being loaded or changed until the time was up (R45)", true);
    }

    static Outcome interrupted(Command command) {
        return notDecided(
                command, "the thread was interrupted while what is asked for was being loaded or changed", true);
    }

    /** For one that goes on by itself, since others share its list. */
    static Outcome heldUp(Command command) {
        return notDecided(
                command,
                "what is asked for is being changed, and others wait for the same way to the store (R45)",
                true);
    }

    static Outcome backlog(Command command) {
        return notDecided(
                command,
                "too much that was decided waits for the ledger, and nothing more is decided before it is posted",
                false);
    }

    private static Outcome notDecided(Command command, String why, boolean retryable) {
        return new Outcome.Unavailable(
                new QuotaUnavailableException(
                        why + "; nothing was recorded", null, command.key(), RedisQuotaStore.NAME),
                retryable);
    }
}
