package io.quotaguard.benchmarks;

import io.quotaguard.GuardStatistics;
import io.quotaguard.QuotaGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Threads that charge one unit after another to subjects at random. Used by one thread, which waits for them. */
final class Load implements AutoCloseable {
    private static final int DIGITS = 3;

    private final QuotaGuard quota;
    private final Crowd crowd;
    private final int threads;
    /** From one call of a thread to its next; 0 for at once. */
    private final long paceNanos;

    private final ExecutorService pool;

    Load(QuotaGuard quota, Crowd crowd, int threads, int callsPerSecond) {
        this.quota = quota;
        this.crowd = crowd;
        this.threads = threads;
        this.paceNanos = callsPerSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(threads) / callsPerSecond;
        this.pool = Executors.newFixedThreadPool(threads);
    }

    /** What goes on beside the calls, until the given instant of {@link System#nanoTime()}. */
    @FunctionalInterface
    interface Beside {
        List<Long> until(long endNanos) throws InterruptedException;
    }

    /** Charges every subject of the crowd once. */
    void touchEveryone() throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        Callable<Boolean> toucher = () -> {
            for (int number = next.getAndIncrement(); number < crowd.size(); number = next.getAndIncrement()) {
                quota.checkAndRecord(crowd.subject(number), EditedPlan.FEATURE).orThrow();
            }
            return true;
        };
        for (Future<Boolean> each : pool.invokeAll(Collections.nCopies(threads, toucher))) {
            finished(each);
        }
    }

    /** Lets the threads call for as long as is said, while the caller does something beside it. */
    CallWindow run(Duration length, Beside beside) throws InterruptedException {
        GuardStatistics before = quota.statistics();
        long start = System.nanoTime();
        long end = start + length.toNanos();
        List<Future<Histogram>> callers = new ArrayList<>();
        Callable<Histogram> caller = () -> callUntil(end);
        for (int i = 0; i < threads; i++) {
            callers.add(pool.submit(caller));
        }
        List<Long> editNanos = beside.until(end);
        Histogram latencies = new Histogram(DIGITS);
        for (Future<Histogram> each : callers) {
            latencies.add(finished(each));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return CallWindow.of(latencies, seconds, editNanos, new CallWindow.Counts(before, quota.statistics()));
    }

    private Histogram callUntil(long end) {
        Histogram nanos = new Histogram(DIGITS);
        long due = System.nanoTime();
        long start = due;
        while (start - end < 0) {
            quota.checkAndRecord(crowd.anyone(), EditedPlan.FEATURE).orThrow();
            long now = System.nanoTime();
            nanos.recordValue(now - start);
            due += paceNanos;
            if (paceNanos > 0 && due - now > 0) {
                LockSupport.parkNanos(due - now);
                now = System.nanoTime();
            }
            start = now;
        }
        return nanos;
    }

    private static <T> T finished(Future<T> caller) throws InterruptedException {
        try {
            return caller.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call failed, so there is nothing to measure", e.getCause());
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
