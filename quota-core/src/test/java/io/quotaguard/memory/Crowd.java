package io.quotaguard.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** Threads that begin at once. */
final class Crowd {
    private Crowd() {}

    /** Runs {@code work} for 0 … threads − 1 at once and returns what each returned; fails when one fails or hangs. */
    static <T> List<T> run(int threads, IntFunction<Callable<T>> work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Callable<T> callable = work.apply(i);
                futures.add(executor.submit(() -> {
                    start.await(20, TimeUnit.SECONDS);
                    return callable.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("a thread failed or did not end", e);
        } finally {
            executor.shutdownNow();
        }
    }

    /**
     * Runs two calls at once, {@code rounds} times. The second begins a little later each time, so that over the rounds
     * it meets every step of the first.
     */
    static void lockstep(int rounds, IntConsumer first, IntConsumer second) {
        AtomicInteger arrived = new AtomicInteger();
        run(2, thread -> () -> {
            for (int i = 0; i < rounds; i++) {
                arrived.incrementAndGet();
                // Spinning starts the two within nanoseconds; giving way helps where there is one core for both.
                for (int spin = 0; arrived.get() < 2 * (i + 1); spin++) {
                    if (spin < 10_000) {
                        Thread.onSpinWait();
                    } else {
                        LockSupport.parkNanos(1_000);
                    }
                }
                if (thread == 0) {
                    first.accept(i);
                } else {
                    for (int spin = 0; spin < i % 200; spin++) {
                        Thread.onSpinWait();
                    }
                    second.accept(i);
                }
            }
            return true;
        });
    }
}
