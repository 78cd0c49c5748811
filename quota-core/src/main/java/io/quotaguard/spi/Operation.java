package io.quotaguard.spi;

/** What a command does to the counters of its lines. */
public enum Operation {
    /** Reads, verifies and decides like {@link #RECORD}, but changes nothing. */
    CHECK,
    /** Adds the amounts when all of them fit (R1, R3). */
    RECORD,
    /**
     * Adds the amounts of a use that was already allowed while the store was away (R43): limit, window and catalog are
     * not checked again. Its key and fingerprint are those of the {@link #RECORD} that it stands for.
     */
    POST,
    /** Takes back all that is used in the window, by a ledger row; the line's amount is 0 (R18). */
    RESET
}
