package io.quotaguard;

import io.quotaguard.model.InvalidQuotaArgumentException;

/**
 * How concurrent calls share round trips to a store that is reached over a network. Immutable.
 *
 * <p>Few callers go straight to the store, each on its own thread. When there are more, one of them takes along whatever
 * else is waiting at that moment; nobody waits for others to come, but threads that are ready to run run first. What ends a reservation or corrects a use always goes
 * by itself. Every number is positive; another is an {@link InvalidQuotaArgumentException}.
 *
 * @param directCallers up to how many calls at once go to the store by themselves
 * @param flushers how many shared round trips are under way at once, at the most: another one begins beside the first only
 *     for calls that do not fit into its batch
 * @param batchSize the most calls of one shared round trip
 * @param queueSize the most calls that wait; one more is {@link io.quotaguard.model.QuotaUnavailableException unavailable}
 */
public record Coalescing(int directCallers, int flushers, int batchSize, int queueSize) {
    /** What was fastest where it was measured; see decision 0011. */
    public static final Coalescing DEFAULT = new Coalescing(6, 2, 128, 10_000);

    /** Every call goes to the store by itself, however many there are. */
    public static final Coalescing OFF = new Coalescing(Integer.MAX_VALUE, 1, 1, 1);

    public Coalescing {
        requirePositive("directCallers", directCallers);
        requirePositive("flushers", flushers);
        requirePositive("batchSize", batchSize);
        requirePositive("queueSize", queueSize);
    }

    private static void requirePositive(String name, int number) {
        if (number < 1) {
            throw InvalidQuotaArgumentException.of("R45", name, number, "is not positive");
        }
    }

    /** Returns these settings, but with up to so many calls at once that go to the store by themselves. */
    public Coalescing withDirectCallers(int callers) {
        return new Coalescing(callers, flushers, batchSize, queueSize);
    }

    /** Returns these settings, but with so many shared round trips under way at once. */
    public Coalescing withFlushers(int number) {
        return new Coalescing(directCallers, number, batchSize, queueSize);
    }

    /** Returns these settings, but with at most so many calls in one shared round trip. */
    public Coalescing withBatchSize(int calls) {
        return new Coalescing(directCallers, flushers, calls, queueSize);
    }

    /** Returns these settings, but with at most so many calls that wait. */
    public Coalescing withQueueSize(int calls) {
        return new Coalescing(directCallers, flushers, batchSize, calls);
    }
}
