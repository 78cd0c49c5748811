package io.quotaguard.redis;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whose turn it is, among this JVM's threads, to keep everybody off which subjects: in the order in which they asked, so that
 * nobody is always overtaken. Uses that were held up share a turn, in which their subjects are loaded and they are decided;
 * whoever changes a subject has one alone. Thread-safe.
 */
final class Turns {
    private static final int STRIPES = 256;

    private final List<ReentrantReadWriteLock> locks = Stream.generate(() -> new ReentrantReadWriteLock(true))
            .limit(STRIPES)
            .toList();

    /** A turn that has to be ended by the thread that took it. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a turn that nobody shares.
     *
     * @throws QuotaUnavailableException when it does not come before the deadline
     */
    Turn take(Collection<String> subjects, Deadline deadline) {
        return taken(subjects, ReentrantReadWriteLock::writeLock, deadline);
    }

    /**
     * Waits for a turn that others may share.
     *
     * @throws QuotaUnavailableException when it does not come before the deadline
     */
    Turn share(Collection<String> subjects, Deadline deadline) {
        return taken(subjects, ReentrantReadWriteLock::readLock, deadline);
    }

    private Turn taken(Collection<String> subjects, Function<ReentrantReadWriteLock, Lock> kind, Deadline deadline) {
        Deque<Lock> taken = new ArrayDeque<>();
        Turn turn = () -> taken.forEach(Lock::unlock);
        int[] stripes = subjects.stream()
                .mapToInt(subject -> Math.floorMod(subject.hashCode(), STRIPES))
                .distinct()
                .sorted()
                .toArray();
        for (int stripe : stripes) {
            Lock lock = kind.apply(locks.get(stripe));
            if (!isTaken(lock, deadline)) {
                turn.close();
                throw new QuotaUnavailableException(
                        "others were changing what is asked for until the time was up; nothing was recorded (R45)",
                        null,
                        null,
                        RedisQuotaStore.NAME);
            }
            taken.push(lock);
        }
        return turn;
    }

    private static boolean isTaken(Lock lock, Deadline deadline) {
        try {
            return lock.tryLock(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
