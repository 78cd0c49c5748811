package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Fingerprint;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one accepted line left behind: its ledger row and the memory of its key in one, so that neither can be there
 * without the other (R10). Immutable.
 *
 * <p>Verdicts and rows are made from it on demand, because there may be a million of these.
 *
 * @param id the row's id
 * @param counter the counter that was charged, with subject, feature and window
 * @param operation what happened
 * @param key the idempotency key: a text, or the UUID of one that this store made
 * @param fingerprint what a repeated key is compared by (R8)
 * @param delta units added to used
 * @param after the totals afterwards
 * @param limit the limit then in force
 * @param source where it came from
 * @param more what most entries have nothing of
 * @param metadata what the caller attached
 * @param at when
 */
record LedgerEntry(
        long id,
        WindowCounter counter,
        Operation operation,
        Object key,
        long fingerprint,
        long delta,
        Counter after,
        Limit limit,
        LimitSource source,
        More more,
        Map<String, String> metadata,
        Instant at) {

    /**
     * What few entries have.
     *
     * @param overage units above the limit (R41)
     * @param grants units that came from grants, by grant, in the order of use (R38)
     * @param origin on whose behalf the counter was charged, or null for a use itself
     * @param corrects the entry of which it takes something back, or null (R37)
     * @param reservation what the entry keeps the key of, or null
     * @param onBehalf for a use itself, the entries that were charged with it
     */
    record More(
            long overage,
            Map<Long, Long> grants,
            @Nullable Origin origin,
            @Nullable LedgerEntry corrects,
            @Nullable Reservation reservation,
            List<LedgerEntry> onBehalf) {
        static final More NOTHING = new More(0, Map.of(), null, null, null, List.of());
    }

    /** Tells whether the ledger shows it; a reset of an unused counter only leaves its key behind (R18), and so does a hold. */
    boolean isRow() {
        return delta != 0;
    }

    /** Tells whether it is a use, not what takes uses back. */
    boolean isUse() {
        return isRow() && operation != Operation.RESET && !operation.corrects();
    }

    /** Tells whether it says nothing but who used how much when, so that a few numbers are all of it. */
    boolean isEveryday() {
        return operation == Operation.RECORD
                && more.equals(More.NOTHING)
                && metadata.isEmpty()
                && delta > 0
                && after.held() == 0
                && fingerprint == Fingerprint.ofUse(operation, delta);
    }

    String keyText() {
        return key.toString();
    }

    /** Tells whether this store made the key; then it ascends in the counter's log. */
    boolean hasMadeKey() {
        return key instanceof UUID;
    }

    /** Returns the answer that was given, and is given again to a repeated key (R7). */
    Verdict verdict() {
        Owner owner = counter.owner();
        return new Verdict(
                owner.subject(),
                owner.feature(),
                asked(),
                null,
                limit,
                after,
                counter.window(),
                source,
                Math.max(0, more.overage()),
                more.origin(),
                null);
    }

    private long asked() {
        if (operation == Operation.RESET) {
            return 0;
        } else if (operation == Operation.HOLD && more.reservation() != null) {
            return more.reservation().units();
        }
        return operation.corrects() ? -delta : delta;
    }

    UsageRecord row() {
        Owner owner = counter.owner();
        return new UsageRecord(
                id,
                owner.subject(),
                owner.feature(),
                counter.window(),
                recordOperation(),
                delta,
                after.used(),
                limit,
                more.overage(),
                more.grants(),
                keyText(),
                more.origin(),
                more.corrects() == null ? null : more.corrects().id(),
                operation == Operation.POST,
                metadata,
                at);
    }

    private UsageRecord.Operation recordOperation() {
        if (operation.commits()) {
            return UsageRecord.Operation.COMMIT;
        } else if (operation.corrects()) {
            return UsageRecord.Operation.CORRECT;
        }
        return operation == Operation.RESET ? UsageRecord.Operation.RESET : UsageRecord.Operation.RECORD;
    }
}
