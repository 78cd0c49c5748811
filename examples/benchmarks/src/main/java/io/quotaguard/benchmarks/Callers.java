package io.quotaguard.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/** Threads that call one contender, each as fast as it is answered. Used by one thread, which waits for them. */
final class Callers implements AutoCloseable {
    private static final int DIGITS = 3;

    private final int count;
    private final CpuTime.Meter meter;
    private final ExecutorService threads;

    Callers(int count, CpuTime.Meter meter) {
        this.count = count;
        this.meter = meter;
        this.threads = Executors.newFixedThreadPool(count);
    }

    /** What one thread saw. */
    private record Seen(long accepted, long refused, Histogram nanos) {}

    /** Uses one unit of each of the subjects from the first to the one before the last. */
    void touch(Contender contender, int from, int to) throws InterruptedException {
        AtomicInteger next = new AtomicInteger(from);
        all(() -> {
            for (int subject = next.getAndIncrement(); subject < to; subject = next.getAndIncrement()) {
                require(contender.use(subject, 1), true, contender);
            }
            return true;
        });
        contender.settle();
    }

    /** Lets everyone call for as long as is said, and has the contender bring home what they used. */
    Sample run(Contender contender, Traffic traffic, Duration length) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        CpuTime before = meter.now();
        long start = System.nanoTime();
        List<Seen> seen = all(() -> {
            ready.countDown();
            ready.await();
            return callUntil(contender, traffic, start + length.toNanos());
        });
        double answered = (System.nanoTime() - start) / 1e9;
        contender.settle();
        double kept = (System.nanoTime() - start) / 1e9;
        CpuTime used = meter.now().since(before);
        Histogram nanos = new Histogram(DIGITS);
        seen.forEach(each -> nanos.add(each.nanos()));
        return new Sample(
                seen.stream().mapToLong(Seen::accepted).sum(),
                seen.stream().mapToLong(Seen::refused).sum(),
                new Sample.Seconds(answered, kept),
                CallWindow.Latency.of(nanos),
                used);
    }

    private static Seen callUntil(Contender contender, Traffic traffic, long end) throws SQLException {
        Histogram nanos = new Histogram(DIGITS);
        long accepted = 0;
        long refused = 0;
        long start = System.nanoTime();
        do {
            long units = traffic.units();
            boolean allowed = contender.use(traffic.subject(), units);
            long now = System.nanoTime();
            nanos.recordValue(now - start);
            start = now;
            require(allowed, traffic.allows(units), contender);
            accepted += allowed ? 1 : 0;
            refused += allowed ? 0 : 1;
        } while (start - end < 0);
        return new Seen(accepted, refused, nanos);
    }

    private static void require(boolean allowed, boolean expected, Contender contender) {
        if (allowed != expected) {
            throw new IllegalStateException(contender.getClass().getSimpleName() + (allowed ? " allowed" : " refused")
                    + " a call that it had to answer otherwise, so there is nothing to measure");
        }
    }

    private <T> List<T> all(Callable<T> task) throws InterruptedException {
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(task));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> each : running) {
            try {
                results.add(each.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a call failed, so there is nothing to measure", e.getCause());
            }
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
