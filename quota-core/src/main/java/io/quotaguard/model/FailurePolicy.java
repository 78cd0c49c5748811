package io.quotaguard.model;

/** What a check answers when the store cannot be asked (R43). */
public enum FailurePolicy {
    /** The call fails with a typed exception; nothing is allowed that was not counted. The default. */
    CLOSED,
    /** The use is allowed, marked as degraded, counted, and journaled for posting when the store is back. */
    OPEN
}
