package io.quotaguard.redis;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Deadline;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Who of this JVM's threads may put fences up around which subjects next: in the order in which they asked, so that nobody
 * is always overtaken. Thread-safe.
 */
final class Turns {
    private static final int STRIPES = 256;

    private final List<ReentrantLock> locks =
            Stream.generate(() -> new ReentrantLock(true)).limit(STRIPES).toList();

    /** A turn that has to be ended by the thread that took it. */
    interface Turn {
        void close();
    }

    /**
     * Waits for the turn.
     *
     * @throws QuotaUnavailableException when it does not come before the deadline
     */
    Turn take(Collection<String> subjects, Deadline deadline) {
        Deque<ReentrantLock> taken = new ArrayDeque<>();
        Turn turn = () -> taken.forEach(ReentrantLock::unlock);
        int[] stripes = subjects.stream()
                .mapToInt(subject -> Math.floorMod(subject.hashCode(), STRIPES))
                .distinct()
                .sorted()
                .toArray();
        for (int stripe : stripes) {
            if (!isTaken(locks.get(stripe), deadline)) {
                turn.close();
                throw new QuotaUnavailableException(
                        "others were changing what is asked for until the time was up; nothing was recorded (R45)",
                        null,
                        null,
                        RedisQuotaStore.NAME);
            }
            taken.push(locks.get(stripe));
        }
        return turn;
    }

    private static boolean isTaken(ReentrantLock lock, Deadline deadline) {
        try {
            return lock.tryLock(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
