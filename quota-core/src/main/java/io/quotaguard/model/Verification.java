package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * How far a comparison of counters with their ledger came, and what it found (R42).
 *
 * @param counters how many counters were compared
 * @param drifts how many of them differed
 * @param complete whether all were compared; false when the time was up before
 * @param lastSubject the last subject all of whose counters were compared: go on after it. Null when there is none
 */
public record Verification(
        long counters,
        long drifts,
        boolean complete,
        @Nullable String lastSubject) {}
