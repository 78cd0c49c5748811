package io.quotaguard.model;

import java.time.Instant;
import java.util.Map;

/**
 * One row of the ledger: a change of one counter, never edited afterwards (R37, R42). Immutable.
 *
 * @param id grows with each row
 * @param subject whose counter
 * @param feature of what
 * @param window which window's counter
 * @param operation what happened
 * @param amount units added to the counter's used; negative when they were taken back
 * @param usedAfter the counter's used after this row
 * @param limit the limit in force
 * @param key the idempotency key of the call
 * @param degraded whether it was allowed without the store and posted later (R43)
 * @param metadata what the caller attached
 * @param recordedAt when, on the store's clock
 */
public record UsageRecord(
        long id,
        String subject,
        String feature,
        Window window,
        Operation operation,
        long amount,
        long usedAfter,
        Limit limit,
        String key,
        boolean degraded,
        Map<String, String> metadata,
        Instant recordedAt) {
    public UsageRecord {
        metadata = Map.copyOf(metadata);
    }

    /** Returns how many of the units lie above the limit (R41). */
    public long overage() {
        return limit.overage(usedAfter, amount);
    }

    /** What a ledger row says happened. */
    public enum Operation {
        /** A use. */
        RECORD,
        /** A manual reset: the row takes back all that was used. */
        RESET
    }
}
