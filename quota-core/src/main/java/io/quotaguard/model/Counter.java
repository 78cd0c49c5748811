package io.quotaguard.model;

/**
 * The running totals of one subject, feature and window.
 *
 * @param used units committed
 * @param held units reserved and not yet committed
 */
public record Counter(long used, long held) {
    /** Nothing used, nothing held. */
    public static final Counter ZERO = new Counter(0, 0);

    /** Returns the units that are not free any more: used and held together. */
    public long taken() {
        return used + held;
    }
}
