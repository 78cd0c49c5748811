package io.quotaguard.memory;

import io.quotaguard.model.QuotaCapacityException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many things of one kind may be alive at once, and the numbers they get (H5). Thread-safe, without a lock.
 *
 * <p>Numbers grow and are never given out twice; what is alive is what was numbered less what was given back. So one
 * atomic step both numbers a thing and bounds its kind. The bound is exact: what was given back only grows, so a number
 * that fitted when it was compared fits when it is taken.
 */
final class Budget {
    /** Returned instead of a number when there is no room. */
    static final long FULL = -1;

    private final int max;
    private final String kind;
    private final String option;
    private final AtomicLong numbered = new AtomicLong();
    private final AtomicLong returned = new AtomicLong();

    /**
     * Makes a budget of which nothing is spent.
     *
     * @param max the most things alive
     * @param kind what they are, in the plural
     * @param option the builder's method that sets the bound
     */
    Budget(int max, String kind, String option) {
        this.max = max;
        this.kind = kind;
        this.option = option;
    }

    /** Makes room for {@code count} things; returns the first of their consecutive numbers, or {@link #FULL}. */
    long reserve(int count) {
        if (count == 0) {
            return 0;
        }
        while (true) {
            long last = numbered.get();
            // A refusal must leave no trace: its number, taken and given back, would count as room for someone else.
            if (last + count - returned.get() > max) {
                return FULL;
            }
            if (numbered.compareAndSet(last, last + count)) {
                return last + 1;
            }
        }
    }

    /** Leaves numbers out, so that the next one is above {@code number}; room is as it was. */
    void skipTo(long number) {
        long last = numbered.get();
        while (last < number && !numbered.compareAndSet(last, number)) {
            last = numbered.get();
        }
        returned.addAndGet(Math.max(0, number - last));
    }

    void giveBack(int count) {
        returned.addAndGet(count);
    }

    /** Returns how many things are alive. */
    long alive() {
        return numbered.get() - returned.get();
    }

    QuotaCapacityException exceeded(@Nullable String key) {
        return new QuotaCapacityException(
                "the in-memory store holds at most " + max + " " + kind
                        + " and none may be forgotten yet; nothing was recorded. Raise InMemoryQuotaStore.builder()."
                        + option + "(…), shorten retention(…), or use a durable store (H5)",
                key,
                InMemoryQuotaStore.NAME);
    }
}
