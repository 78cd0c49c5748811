package io.quotaguard.memory;

/** A sum of amounts, in more bits than any number of rows can fill; it is told as the nearest number of 64. Not thread-safe. */
final class WideSum {
    private static final int HALF = 32;
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    /** What the sum has beyond 32 bits, and what is below; the latter is never negative. */
    private long high;

    private long low;

    void add(long amount) {
        high += amount >> HALF;
        low += amount & LOW_HALF;
    }

    long nearest() {
        long top = high + (low >>> HALF);
        if (top != (int) top) {
            return top > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        return (top << HALF) | (low & LOW_HALF);
    }
}
