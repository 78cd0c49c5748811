package io.quotaguard;

/**
 * How the calls of one guard ended since it was built; a snapshot. A use in a transaction of the host counts as the decision
 * fell, also if the host rolled back.
 *
 * @param allowed uses recorded, replays aside
 * @param refused uses refused
 * @param replayed retries answered with the original decision (R7)
 * @param stale attempts that the store sent back to be resolved again (R25)
 * @param unavailable calls that failed with nothing recorded
 * @param unknown calls whose outcome stayed unknown
 * @param degraded uses allowed without the store (R43)
 * @param journaled degraded uses that are not posted yet
 * @param entitlementHits look-ups of a subject's entitlements that the cache answered
 * @param entitlementMisses look-ups of a subject's entitlements that read the catalog
 */
public record GuardStatistics(
        long allowed,
        long refused,
        long replayed,
        long stale,
        long unavailable,
        long unknown,
        long degraded,
        long journaled,
        long entitlementHits,
        long entitlementMisses) {}
