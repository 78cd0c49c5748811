package io.quotaguard.spi;

/** What a command does to the counters of its lines. */
public enum Operation {
    /** Reads, verifies and decides like {@link #RECORD}, but changes nothing. */
    CHECK,
    /** Adds the amounts when all of them fit (R1, R3). */
    RECORD,
    /**
     * Adds as many units as every line has room for, up to the amount: one use, with the counters that are charged on its
     * behalf at their rates. Refused when there is room for none.
     */
    UP_TO,
    /**
     * Adds the amounts of a use that was already allowed while the store was away (R43): limit, window and catalog are
     * not checked again. Its key and fingerprint are those of the {@link #RECORD} that it stands for.
     */
    POST,
    /** Takes back all that is used in the window, by a ledger row; the line's amount is 0 (R18). */
    RESET,
    /** Keeps the amounts of one use free for it until its time runs out, when all of them fit (R34). */
    HOLD,
    /** Charges a held use with at most the units held, and frees the rest (R34, R36). */
    COMMIT,
    /** Charges a held use, also with more units than are held if the limit has room for these (R34). */
    COMMIT_MORE,
    /** Frees what is held (R34). */
    RELEASE,
    /** Moves the end of a hold on. */
    EXTEND,
    /**
     * Charges uses with keys of their own out of what is held, and keeps the rest held, or less of it ({@link Spending}).
     * They were allowed already, by whoever took the hold: limit, catalog and the hold's end are not checked again. The
     * line's amount is their sum. Repeated, it changes nothing more.
     */
    SPEND,
    /** Takes back so much of a use that the line's amount is left of it (R37). */
    CORRECT_TO,
    /** Takes back the line's amount of a use (R37). */
    CORRECT_BY;

    /** Tells whether it ends or changes a hold: then no key is looked up, since a hold ends once. */
    public boolean settles() {
        return this == COMMIT || this == COMMIT_MORE || this == RELEASE || this == EXTEND || this == SPEND;
    }

    /** Tells whether it charges what was held. */
    public boolean commits() {
        return this == COMMIT || this == COMMIT_MORE;
    }

    /** Tells whether it takes back what was charged earlier. */
    public boolean corrects() {
        return this == CORRECT_TO || this == CORRECT_BY;
    }
}
