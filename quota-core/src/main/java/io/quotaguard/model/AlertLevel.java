package io.quotaguard.model;

/** How pressing an alert is. */
public enum AlertLevel {
    /** Below 90 %; the default threshold of 80 % is one. */
    WARNING,
    /** From 90 % on; the default threshold of 95 % is one. */
    CRITICAL,
    /** From 100 % on. */
    EXHAUSTED;

    /** Returns the level of a threshold. */
    public static AlertLevel of(int percent) {
        if (percent >= 100) {
            return EXHAUSTED;
        }
        return percent >= 90 ? CRITICAL : WARNING;
    }
}
