package io.quotaguard.quickstart;

import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store for the replay, and the means to make it the log's day there: windows are cut by the store's own clock, and a log
 * of another day needs that clock to show the log's time. A host needs none of this; its stores show the real time.
 */
interface Backend extends AutoCloseable {
    QuotaStore store();

    /** Sets the store's clock; no request is under way meanwhile. */
    void moveTo(Instant time);

    /** Returns where the platform writes down what it publishes. */
    Publications publications();

    /** Returns what forced crashes have left there; empty when there is nothing to lose. */
    Optional<CrashReport> crashes();

    /** Returns what a reader should know about the store and its clock, a fact a line. */
    List<String> facts();

    /** Frees the store, and what was started for it. */
    @Override
    void close();
}
