package io.quotaguard.lease;

import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Spending;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What was taken off the slices of one lease and is not posted yet, in the order of its taking. Thread-safe. */
final class Unposted {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition someWerePosted = lock.newCondition();
    private final AtomicInteger uses = new AtomicInteger();
    /** Guarded by the lock; only the posting thread takes away, always from the front. */
    private final Deque<Posting> postings = new ArrayDeque<>();

    /** Uses of one slice that are posted together, and how many units the slice keeps. */
    record Posting(Slice.Hold hold, Spending spending) {}

    /** Returns how many uses wait. */
    int uses() {
        return uses.get();
    }

    /** Tells whether there is nothing to post, be it a use or units that go back. */
    boolean isEmpty() {
        return next() == null;
    }

    /** Takes the uses off a slice, and leaves it no more than {@code keep} units. */
    void takeOff(Slice slice, long keep) {
        lock.lock();
        try {
            Slice.Taken taken = slice.take(keep);
            if (!slice.wasEnded() || !taken.uses().isEmpty()) {
                slice.end(taken.left() == 0);
                add(slice.hold(), taken);
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Slice.Hold hold, Slice.Taken taken) {
        List<Spending.Spent> all = taken.uses();
        long held = taken.left();
        for (Spending.Spent use : all) {
            held += use.amount();
        }
        int from = 0;
        do {
            int to = Math.min(all.size(), from + Leases.POSTED_TOGETHER);
            List<Spending.Spent> part = all.subList(from, to);
            for (Spending.Spent use : part) {
                held -= use.amount();
            }
            postings.add(new Posting(hold, new Spending(part, held)));
            from = to;
        } while (from < all.size());
        uses.addAndGet(all.size());
    }

    /** Returns what is to be posted next, or null. */
    @Nullable
    Posting next() {
        lock.lock();
        try {
            return postings.peek();
        } finally {
            lock.unlock();
        }
    }

    void posted(Posting posting) {
        lock.lock();
        try {
            postings.remove();
            uses.addAndGet(-posting.spending().uses().size());
            someWerePosted.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many were posted that {@code full} no longer holds; false when the time is up before. */
    boolean awaitPosted(BooleanSupplier full, Deadline deadline) {
        lock.lock();
        try {
            long nanos = deadline.remaining().toNanos();
            while (full.getAsBoolean()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = someWerePosted.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
