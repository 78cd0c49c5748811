package io.quotaguard.lease;

import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One use of a slice, on top of those before it: the newest says what is left. So one compare-and-set both takes the units
 * and remembers the use, and nothing can come between the two. What is not final is set before it is published.
 */
final class Spent {
    private static final int FRESH = 0;
    private static final int CLAIMED = 1;
    private static final int REVOKED = 2;
    private static final AtomicIntegerFieldUpdater<Spent> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Spent.class, "state");

    final String key;
    final long amount;
    final Map<String, String> metadata;

    long left;
    /** How many uses stand here, this one included. */
    int depth;

    @Nullable
    Spent before;

    @SuppressWarnings("UnusedVariable") // through STATE
    private volatile int state;

    Spent(String key, long amount, Map<String, String> metadata) {
        this.key = key;
        this.amount = amount;
        this.metadata = metadata;
    }

    /** Returns what says that so much is left, and stands for no use. */
    static Spent nothing(long left) {
        Spent mark = new Spent("", 0, Map.of());
        mark.left = left;
        return mark;
    }

    void follow(Spent last) {
        left = last.left - amount;
        depth = last.depth + 1;
        before = last;
    }

    boolean isUse() {
        return amount > 0;
    }

    /** Decides that it is posted; false when it was revoked. */
    boolean claim() {
        return STATE.compareAndSet(this, FRESH, CLAIMED);
    }

    /** Decides that it never was; false when it is being posted. */
    boolean revoke() {
        return STATE.compareAndSet(this, FRESH, REVOKED);
    }
}
