package io.quotaguard.testing;

import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A fresh, empty store whose clock a test sets: what the author of a store writes to have the contract run against it.
 *
 * <p>Two fixtures share nothing, even at the same time.
 */
public interface StoreFixture extends AutoCloseable {
    /** Returns the store; the same one each time. */
    QuotaStore store();

    /**
     * Returns another client of the same data, as a second node of the application has one.
     *
     * <p>A store that lives in one JVM returns {@link #store()}.
     */
    QuotaStore anotherNode();

    /**
     * Makes the store's own clock show {@code instant}, where it stands still until it is set again.
     *
     * @param instant not before the time it shows, in whole microseconds
     */
    void setTime(Instant instant);

    /** Returns the store's own clock. */
    InstantSource clock();

    /**
     * Adds {@code delta} to a counter behind the store's back, so that it differs from its ledger (R42).
     *
     * @param subject whose counter; it has been used
     * @param feature of what; of several windows, the one that was used last
     */
    void corruptCounter(String subject, String feature, long delta);

    /** Releases the store and everything that it took to run it. */
    @Override
    void close();
}
