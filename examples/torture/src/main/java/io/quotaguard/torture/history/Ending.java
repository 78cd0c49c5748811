package io.quotaguard.torture.history;

/** What a caller was told at the end of a call. */
public enum Ending {
    OK,
    REFUSED,
    /** The key stands for another request. */
    CONFLICT,
    /** Nothing was decided and nothing recorded. */
    UNAVAILABLE,
    /** Nobody can say whether it was recorded. */
    UNKNOWN,
    /** What was asked for is impossible: a hold that ended otherwise, a use that is not there. */
    REJECTED,
    /** Thrown at the caller was something that no rule knows: nobody can say what was recorded, and the library is wrong. */
    BROKEN
}
