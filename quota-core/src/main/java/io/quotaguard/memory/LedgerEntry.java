package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.Map;

/**
 * What one accepted line left behind: its ledger row and the memory of its key in one, so that neither can be there
 * without the other (R10). Immutable.
 *
 * <p>Verdicts and rows are made from it on demand, because there may be a million of these.
 *
 * @param id the row's id
 * @param counter the counter that was charged, with subject, feature and window
 * @param operation what happened
 * @param key the idempotency key
 * @param fingerprint what a repeated key is compared by (R8)
 * @param delta units added to used
 * @param after the totals afterwards
 * @param limit the limit then in force
 * @param source where it came from
 * @param metadata what the caller attached
 * @param at when
 */
record LedgerEntry(
        long id,
        WindowCounter counter,
        Operation operation,
        String key,
        long fingerprint,
        long delta,
        Counter after,
        Limit limit,
        LimitSource source,
        Map<String, String> metadata,
        Instant at) {

    /** Tells whether the ledger shows it; a reset of an unused counter only leaves its key behind (R18). */
    boolean isRow() {
        return delta != 0;
    }

    /** Returns the answer that was given, and is given again to a repeated key (R7). */
    Verdict verdict() {
        Owner owner = counter.owner();
        long asked = operation == Operation.RESET ? 0 : delta;
        return new Verdict(owner.subject(), owner.feature(), asked, null, limit, after, counter.window(), source);
    }

    UsageRecord row() {
        Owner owner = counter.owner();
        return new UsageRecord(
                id,
                owner.subject(),
                owner.feature(),
                counter.window(),
                operation == Operation.RESET ? UsageRecord.Operation.RESET : UsageRecord.Operation.RECORD,
                delta,
                after.used(),
                limit,
                key,
                operation == Operation.POST,
                metadata,
                at);
    }
}
