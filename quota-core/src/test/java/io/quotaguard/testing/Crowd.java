package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Many threads that start at once; what one of them throws fails the test. */
final class Crowd {
    private static final long PATIENCE_SECONDS = 120;

    private Crowd() {}

    /** What each thread does, with its number and the node it uses. */
    @FunctionalInterface
    interface Work {
        void run(int thread, QuotaGuard node);
    }

    /**
     * Runs {@code work} on {@code threads} threads, each with its number, and waits for all of them.
     *
     * @throws AssertionError when one of them throws, or does not end
     */
    static void run(int threads, IntConsumer work) {
        CountDownLatch start = new CountDownLatch(1);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> crowd = new ArrayList<>();
        for (int n = 0; n < threads; n++) {
            int number = n;
            Thread thread = new Thread(() -> runOne(start, number, work, failures), "crowd-" + n);
            thread.setDaemon(true);
            thread.start();
            crowd.add(thread);
        }
        start.countDown();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (Thread thread : crowd) {
            join(thread, end);
        }
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError(failures.size() + " of " + threads + " threads failed");
            failures.forEach(error::addSuppressed);
            throw error;
        }
    }

    private static void runOne(CountDownLatch start, int number, IntConsumer work, Queue<Throwable> failures) {
        try {
            start.await();
            work.accept(number);
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private static void join(Thread thread, long endNanos) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            AssertionError stuck = new AssertionError(thread.getName() + " did not end in " + PATIENCE_SECONDS + " s");
            stuck.setStackTrace(thread.getStackTrace());
            throw stuck;
        }
    }
}
