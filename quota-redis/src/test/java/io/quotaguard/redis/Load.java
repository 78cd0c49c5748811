package io.quotaguard.redis;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Decision;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Threads that use one unit after the other, each under a key of its own, until they are stopped; a use that fails is
 * repeated with its key, as a caller does. Thread-safe.
 */
final class Load implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 120_000;

    private final List<QuotaGuard> guards;
    private final List<String> subjects;
    private final List<Thread> threads = new ArrayList<>();
    private final Set<String> tried = ConcurrentHashMap.newKeySet();
    private final Set<String> allowed = ConcurrentHashMap.newKeySet();
    private final Map<String, String> unsettled = new ConcurrentHashMap<>();
    private final Queue<QuotaException> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private volatile boolean stopped;

    private Load(List<QuotaGuard> guards, List<String> subjects) {
        this.guards = guards;
        this.subjects = subjects;
    }

    /** Starts so many threads, which take guards and subjects in turn. */
    static Load start(List<QuotaGuard> guards, List<String> subjects, int threads) {
        Load load = new Load(List.copyOf(guards), List.copyOf(subjects));
        for (int n = 0; n < threads; n++) {
            int number = n;
            Thread thread = new Thread(() -> load.run(number), "load-" + n);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    private void run(int thread) {
        try {
            for (int n = thread; !stopped; n++) {
                String key = thread + "-" + n;
                String subject = subjects.get(n % subjects.size());
                tried.add(key);
                if (!useUntilStopped(guards.get(n % guards.size()), subject, key)) {
                    unsettled.put(key, subject);
                }
            }
        } catch (RuntimeException | Error e) {
            broken.add(e);
        }
    }

    private boolean useUntilStopped(QuotaGuard guard, String subject, String key) {
        do {
            @Nullable Decision decision = use(guard, subject, key);
            if (decision != null) {
                return true;
            }
        } while (!stopped);
        return false;
    }

    private @Nullable Decision use(QuotaGuard guard, String subject, String key) {
        long began = System.nanoTime();
        try {
            Decision decision =
                    guard.checkAndRecord(Usage.of(subject, Bench.ARTICLES).key(key));
            if (decision.allowed()) {
                allowed.add(key);
            }
            answered.incrementAndGet();
            return decision;
        } catch (QuotaException e) {
            failures.add(e);
            return null;
        } finally {
            longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
        }
    }

    /** Waits until so many more calls have been answered. */
    void awaitAnswers(int more) {
        long enough = answered.get() + more;
        FaultBench.await(more + " more calls are answered", () -> answered.get() >= enough);
    }

    /** Waits until so many more calls have failed. */
    void awaitFailures(int more) {
        int enough = failures.size() + more;
        FaultBench.await(more + " more calls fail", () -> failures.size() >= enough);
    }

    /** Returns every failure of a call so far. */
    List<QuotaException> failures() {
        return List.copyOf(failures);
    }

    /** Returns how many failures so far left the outcome unknown. */
    long unknown() {
        return failures.stream()
                .filter(OutcomeUnknownException.class::isInstance)
                .count();
    }

    long answered() {
        return answered.get();
    }

    int allowed() {
        return allowed.size();
    }

    /** Returns how long the slowest call took. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** Ends the threads. */
    void stop() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " does not end");
            }
        }
        broken.forEach(e -> {
            throw new AssertionError("a call failed as none may", e);
        });
    }

    /** Repeats what had no answer when the threads ended, until each has one. */
    void settle() {
        unsettled.forEach((key, subject) -> FaultBench.await(
                "the use with key " + key + " is answered", () -> use(guards.get(0), subject, key) != null));
        unsettled.clear();
    }

    Books.Told told() {
        return new Books.Told(allowed, tried);
    }

    @Override
    public void close() {
        stop();
    }
}
