package io.quotaguard.lease;

import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What leases need of the guard. Thread-safe.
 *
 * @param trips how a command gets to the store; a fault is an outcome
 * @param clock the store's, as far as it is known
 * @param entitlements who may use what, as known on this node
 * @param keys makes idempotency keys
 * @param alertsFired is told when a post fired alerts
 * @param nanoTime a clock such as {@link System#nanoTime()}
 * @param posters makes the thread that posts
 * @param timeout how long one post may take
 */
public record Context(
        Trips trips,
        InstantSource clock,
        Entitlements entitlements,
        Supplier<String> keys,
        Runnable alertsFired,
        LongSupplier nanoTime,
        ThreadFactory posters,
        Duration timeout) {

    /** Carries out one command. */
    @FunctionalInterface
    public interface Trips {
        Outcome execute(Command command, Deadline deadline);
    }
}
