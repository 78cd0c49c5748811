package io.quotaguard.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param overage units among them that lie above the limit (R41); negative when they were taken back
 * @param grants units among them that came from grants, by the grants' numbers (R38); negative when they went back
 * @param key the idempotency key of the call
 * @param origin on whose behalf it was charged, or null for a use itself (R40)
 * @param corrects the number of the row that it corrects, or null (R37)
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
        long overage,
        Map<Long, Long> grants,
        String key,
        @Nullable Origin origin,
        @Nullable Long corrects,
        boolean degraded,
        Map<String, String> metadata,
        Instant recordedAt) {
    public UsageRecord {
        grants = Map.copyOf(grants);
        metadata = Map.copyOf(metadata);
    }

    /** What a ledger row says happened. */
    public enum Operation {
        /** A use. */
        RECORD,
        /** A use that was held before (R34). */
        COMMIT,
        /** A correction: the row takes back some of an earlier one (R37). */
        CORRECT,
        /** A manual reset: the row takes back all that was used. */
        RESET
    }
}
