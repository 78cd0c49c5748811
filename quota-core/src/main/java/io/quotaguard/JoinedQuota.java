package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import java.util.List;

/**
 * The calls of {@link QuotaGuard} inside a transaction of the host's own, made by {@link QuotaGuard#in}: a use and the
 * host's rows are committed together, or neither is (R10). Used by one thread at a time, as the transaction is.
 *
 * <p>Counter, ledger row, key and alerts become visible when the host commits; listeners are told only then. After a
 * rollback nothing of them ever was. A refusal is a value here too, and leaves the transaction as usable as before. Give
 * each use a key: the host that repeats its transaction, because the answer to its commit was lost, is then counted once.
 *
 * <p><b>Locks.</b> The counters that a use asks for stay locked until the host commits or rolls back, also when the use was
 * refused. Everybody else's uses of these counters, and changes of what these subjects may use, wait as long, each within
 * its own time-out. So charge last, commit soon, and never wait for a user or another service in between. Several calls in
 * one transaction lock in their own order and can deadlock with others (SQLSTATE 40P01);
 * {@link #checkAndRecordAll} locks in the order that all calls keep.
 *
 * <p><b>Errors.</b> A failure is thrown as by {@link QuotaGuard}, with these differences:
 *
 * <ul>
 *   <li>{@link QuotaUnavailableException} means that the database has given up the host's transaction, unless the deadline
 *       passed before it was asked: roll back (a savepoint will do) and repeat the whole transaction with the same keys.
 *       The guard repeats nothing itself, and a use never goes on without the store, whatever its failure policy (R43):
 *       it would count although the host rolled back. No outcome is ever unknown: what is not committed is not recorded.
 *   <li>{@link InvalidQuotaArgumentException} also when there is no transaction (auto-commit), or one of another isolation
 *       than read committed; then nothing was asked of the database.
 * </ul>
 */
public final class JoinedQuota {
    private final JoinedRunner runner;
    private final Duration timeout;

    JoinedQuota(JoinedRunner runner, Duration timeout) {
        this.runner = runner;
        this.timeout = timeout;
    }

    /** Charges one unit, if it fits; see {@link #checkAndRecord(Usage)}. */
    public Decision checkAndRecord(String subject, String feature) {
        return checkAndRecord(Usage.of(subject, feature));
    }

    /**
     * Charges a use when it fits, as {@link QuotaGuard#checkAndRecord(Usage)} does; the charge is the host's to commit.
     *
     * @throws IdempotencyConflictException when its key was used for another request (R8); the transaction goes on
     */
    public Decision checkAndRecord(Usage usage) {
        return checkAndRecordAll(List.of(required("usage", usage)));
    }

    /** Charges several uses, all or nothing (R3), with their counters locked in the order that all calls keep. */
    public Decision checkAndRecordAll(List<Usage> usages) {
        return decide(Charge.of(Operation.RECORD, usages));
    }

    /** Charges as many units as there is room for; see {@link QuotaGuard#checkAndRecordUpTo}. */
    public Decision checkAndRecordUpTo(Usage usage) {
        return decide(Charge.of(Operation.UP_TO, required("usage", usage)));
    }

    /** Tells whether a use would fit now, beside what this transaction has charged so far; locks and changes nothing. */
    public Decision check(Usage usage) {
        return decide(Charge.of(Operation.CHECK, required("usage", usage)));
    }

    private Decision decide(Call call) {
        return runner.run(call, Deadline.after(timeout)).decision();
    }
}
