package io.quotaguard.torture.history;

/** What a call asked for. */
public enum CallKind {
    /** One use, or several that are charged all or not at all. */
    USE,
    /** One use that may be spent from a slice of this node's own. */
    LEASED_USE,
    /** Units held for a while. */
    RESERVE,
    /** A hold turned into a use. */
    COMMIT,
    /** A hold given up. */
    RELEASE,
    /** Some of an earlier use taken back. */
    CORRECT,
    /** A new version of a plan. */
    PLAN_CHANGE
}
