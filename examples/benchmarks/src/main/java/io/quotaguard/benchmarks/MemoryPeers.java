package io.quotaguard.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What else a host has in its memory to limit with: they count, and but for one write nothing. */
final class MemoryPeers {
    private static final Duration REFILL = Duration.ofDays(365);

    private MemoryPeers() {}

    /** Returns what a host knows its subjects by. */
    static String[] names(int subjects) {
        return IntStream.range(0, subjects)
                .mapToObj(subject -> "user-" + subject)
                .toArray(String[]::new);
    }

    static MemoryContender bucket4j(int subjects) {
        return lookedUp(subjects, name -> bucket(), bucket -> bucket.tryConsume(1));
    }

    static MemoryContender bucket4jInHand(int subjects) {
        List<Bucket> buckets =
                IntStream.range(0, subjects).mapToObj(subject -> bucket()).toList();
        return (subject, call) -> buckets.get(subject).tryConsume(1);
    }

    static MemoryContender bucket4jRecording(int subjects) {
        return lookedUp(subjects, name -> new RecordingBucket(bucket()), RecordingBucket::use);
    }

    /** A limiter by the second: at this rate it never refuses. */
    static MemoryContender guava(int subjects) {
        return lookedUp(
                subjects,
                name -> com.google.common.util.concurrent.RateLimiter.create(Subjects.ROOM),
                com.google.common.util.concurrent.RateLimiter::tryAcquire);
    }

    static MemoryContender resilience4j(int subjects) {
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod((int) Subjects.ROOM)
                .limitRefreshPeriod(REFILL)
                .timeoutDuration(Duration.ZERO)
                .build();
        return lookedUp(
                subjects,
                name -> io.github.resilience4j.ratelimiter.RateLimiter.of(name, config),
                io.github.resilience4j.ratelimiter.RateLimiter::acquirePermission);
    }

    static MemoryContender floor(int subjects) {
        String[] names = names(subjects);
        Map<String, AtomicLong> counters = new ConcurrentHashMap<>();
        for (String name : names) {
            counters.put(name, new AtomicLong());
        }
        return (subject, call) -> {
            AtomicLong counter = counters.get(names[subject]);
            if (counter == null) {
                return false;
            }
            long used = counter.get();
            while (used < Subjects.ROOM) {
                if (counter.compareAndSet(used, used + 1)) {
                    return true;
                }
                used = counter.get();
            }
            return false;
        };
    }

    /** Asks a limiter. */
    @FunctionalInterface
    private interface Asking<T> {
        boolean one(T limiter);
    }

    /** As hosts do it: a bounded cache by name. It is large enough for all. */
    private static <T> MemoryContender lookedUp(int subjects, Function<String, T> opening, Asking<T> asking) {
        String[] names = names(subjects);
        Cache<String, T> cache =
                Caffeine.newBuilder().maximumSize(2L * subjects).build();
        return (subject, call) -> asking.one(cache.get(names[subject], opening));
    }

    private static Bucket bucket() {
        return Bucket.builder()
                .addLimit(bandwidth -> bandwidth.capacity(Subjects.ROOM).refillIntervally(Subjects.ROOM, REFILL))
                .build();
    }
}
