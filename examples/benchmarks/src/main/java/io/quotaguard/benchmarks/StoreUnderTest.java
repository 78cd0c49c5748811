package io.quotaguard.benchmarks;

import io.quotaguard.spi.QuotaStore;
import java.util.Map;

/** A store to measure, with what a benchmark needs of it besides. */
interface StoreUnderTest extends AutoCloseable {
    /** Returns what a reader should know about it, in one line. */
    String description();

    /** Returns the store as the application's node uses it. */
    QuotaStore serving();

    /** Returns the store as an administrator on another node uses it: not through the application's connections. */
    QuotaStore administration();

    /** Subscribes everyone of a crowd, all of whom are new, to its plan. */
    void subscribe(Crowd crowd);

    /** Makes a change and returns how many rows it wrote in which table; empty for a store that has no rows. */
    Map<String, Long> rowsWritten(Runnable change);

    /** Returns how many calls a second may be made, 0 for as many as can be. */
    int callsPerSecond();

    /** Frees the store, and what was started for it. */
    @Override
    void close();
}
