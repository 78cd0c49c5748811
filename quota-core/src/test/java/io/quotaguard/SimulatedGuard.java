package io.quotaguard;

import io.quotaguard.lease.PosterTurn;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A guard whose time is given, and whose slices are posted one turn at a time. Not thread-safe. */
public final class SimulatedGuard implements AutoCloseable {
    private @Nullable Runnable poster;
    private final QuotaGuard quota;

    /**
     * All that a guard does not find out by itself.
     *
     * @param nanoTime the monotonic clock
     * @param parkNanos lets time pass
     * @param jitter returns a number from 0 up to a bound, which is excluded
     */
    public record Time(LongSupplier nanoTime, LongConsumer parkNanos, LongUnaryOperator jitter) {}

    /**
     * Makes one.
     *
     * @param leased the feature that is spent from slices
     */
    public SimulatedGuard(QuotaStore store, String leased, Time time) {
        QuotaGuardBuilder builder =
                QuotaGuard.builder(store).timeout(Deadline.MAX).leased(leased, SlicePolicy.fixed(16));
        builder.nanoTime = time.nanoTime();
        builder.parkNanos = time.parkNanos();
        builder.jitter = time.jitter();
        builder.posters = work -> {
            poster = work;
            return new Thread(() -> {});
        };
        quota = builder.build();
    }

    public QuotaGuard quota() {
        return quota;
    }

    /** Posts what is spent; tells whether the store could be asked. */
    public boolean post() {
        return PosterTurn.of(Objects.requireNonNull(poster));
    }

    @Override
    public void close() {
        quota.close();
    }
}
