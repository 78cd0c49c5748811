package io.quotaguard;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.Outcome;
import java.time.Instant;

/**
 * Takes calls to their ends inside the host's transaction: alone, never with other callers'. Used by one thread at a time.
 *
 * <p>Stale terms are resolved again here too. A fault ends the call: the transaction is the host's to repeat, and a use that
 * were allowed without the store would count even if the host rolled back (R43).
 */
final class JoinedRunner implements Runner {
    private final Runner outside;
    private final JoinedTransaction transaction;
    private final Entitlements entitlements;
    private final Runnable alertsExpected;

    /**
     * Returns a runner for one transaction of the host.
     *
     * @param outside takes calls to their ends without one
     * @param alertsExpected told that there will be alerts once the host commits
     */
    JoinedRunner(Runner outside, JoinedTransaction transaction, Runnable alertsExpected) {
        this.outside = outside;
        this.transaction = transaction;
        // The catalog is read here as well: the host's pool may have no second connection to give.
        this.entitlements = outside.entitlements().readThrough(transaction::load);
        this.alertsExpected = alertsExpected;
    }

    Answer run(Call call, Deadline deadline) {
        CallRun run = new CallRun(call, this, deadline);
        while (!run.hasEnded()) {
            Command command = run.prepare();
            if (command != null) {
                run.take(execute(command, deadline));
            }
        }
        return run.answer();
    }

    private Outcome execute(Command command, Deadline deadline) {
        try {
            return transaction.execute(command, deadline);
        } catch (RuntimeException e) {
            // A store that throws broke its promise. At which point does not matter while nothing is committed.
            QuotaUnavailableException failure = new QuotaUnavailableException(
                    "store " + storeName()
                            + " broke off inside the host's transaction; roll back, and nothing is recorded",
                    e,
                    command.key(),
                    storeName());
            return new Outcome.Unavailable(failure, false);
        }
    }

    @Override
    public Entitlements entitlements() {
        return entitlements;
    }

    @Override
    public Tally tally() {
        return outside.tally();
    }

    @Override
    public String storeName() {
        return outside.storeName();
    }

    @Override
    public Instant storeTime() {
        return outside.storeTime();
    }

    @Override
    public void alertsFired() {
        alertsExpected.run();
    }

    @Override
    public boolean keep(Command posted) {
        return false;
    }

    @Override
    public boolean canPause(int faults, Deadline deadline) {
        return false;
    }
}
