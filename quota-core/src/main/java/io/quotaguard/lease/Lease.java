package io.quotaguard.lease;

import io.quotaguard.model.Decision;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Spending;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The slices of one subject and feature on this node: one that is spent, and what is to be posted of it and of those before. */
final class Lease {
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long IMPATIENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String subject;
    private final String feature;
    private final SlicePolicy policy;
    private final Leases leases;
    private final Sizing sizing;
    private final ReentrantLock taking = new ReentrantLock();
    private final ReentrantLock books = new ReentrantLock();
    private final Condition someWerePosted = books.newCondition();

    private volatile @Nullable Slice current;
    /** Uses that were taken off a slice and are not posted yet. */
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile boolean touched = true;
    /** After a fault the store is left alone for a moment. */
    private volatile long restUntil;
    /** After a wait in vain nobody waits for a while: a hold that is no slice may last long. */
    private volatile long patientAgain;
    /** Guarded by the books; only the posting thread takes away, always from the front. */
    private final Deque<Posting> postings = new ArrayDeque<>();
    /** Of the posting thread: when the current slice was last seen in use. */
    private long usedAt;

    /** Uses of one slice that are posted together. */
    record Posting(Slice.Hold hold, Spending spending) {}

    Lease(String subject, String feature, SlicePolicy policy, Leases leases) {
        this.subject = subject;
        this.feature = feature;
        this.policy = policy;
        this.leases = leases;
        this.sizing = new Sizing(policy);
        this.restUntil = leases.now();
        this.patientAgain = restUntil;
        this.usedAt = restUntil;
    }

    String subject() {
        return subject;
    }

    String feature() {
        return feature;
    }

    SlicePolicy policy() {
        return policy;
    }

    Sizing sizing() {
        return sizing;
    }

    /** Spends from the slice at hand, or from a new one; null when the use has to go to the store by itself. */
    @Nullable
    Decision spend(Spent use, Deadline deadline) {
        Slice slice = current;
        if (slice != null && use.amount <= slice.left()) {
            Decision decision = slice.spend(use, policy.maxUnposted() - waiting.get());
            if (decision != null) {
                if (use.depth == Leases.MANY_WAITING) {
                    leases.wake();
                }
                return decision;
            }
        }
        return spendSlowly(use, deadline);
    }

    private @Nullable Decision spendSlowly(Spent use, Deadline deadline) {
        touched = true;
        while (!leases.isClosed() && leases.now() - restUntil >= 0) {
            if (isFull() && !awaitPosted(deadline)) {
                return null;
            }
            Slice seen = current;
            if (seen == null && sizing.next(use.amount, leases.now()) == 0) {
                return null;
            }
            if (!lock(deadline)) {
                return null;
            }
            try {
                // A use that was revoked stays where it stood.
                Spent again = new Spent(use.key, use.amount, use.metadata);
                Slice slice = current;
                Decision decision = slice == null ? null : slice.spend(again, policy.maxUnposted() - waiting.get());
                if (decision != null) {
                    return decision;
                } else if (!isFull()) {
                    return spendFromNew(again, deadline);
                }
            } finally {
                taking.unlock();
            }
        }
        return null;
    }

    private boolean lock(Deadline deadline) {
        try {
            return taking.tryLock(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The caller holds the lock of taking. */
    private @Nullable Decision spendFromNew(Spent use, Deadline deadline) {
        Slice old = current;
        if (old != null) {
            if (!old.isOver() && use.amount > old.hold().units()) {
                return null;
            }
            long left = old.left();
            sizing.ended(old.hold().units(), left, leases.now() - old.hold().takenAt());
            current = null;
            collect(old, 0);
        }
        long units = sizing.next(use.amount, leases.now());
        if (units == 0) {
            return null;
        }
        Slice fresh = leases.take(this, units, deadline);
        if (fresh == null) {
            return null;
        }
        Decision decision =
                fresh.spend(new Spent(use.key, use.amount, use.metadata), policy.maxUnposted() - waiting.get());
        current = fresh;
        leases.activate(this);
        return decision;
    }

    /** Returns how long a use may wait for slices of others to go back: when these are idle, that is what it takes. */
    Duration patience() {
        return leases.now() - patientAgain >= 0 ? policy.idle() : Duration.ZERO;
    }

    void losePatience() {
        patientAgain = leases.now() + IMPATIENT_NANOS;
    }

    void rest() {
        restUntil = leases.now() + REST_NANOS;
    }

    private boolean isFull() {
        Slice slice = current;
        return waiting.get() + (slice == null ? 0 : slice.depth()) >= policy.maxUnposted();
    }

    /** Waits until some of the uses that wait were posted; false when the time is up before. */
    private boolean awaitPosted(Deadline deadline) {
        leases.wake();
        books.lock();
        try {
            long nanos = deadline.remaining().toNanos();
            while (isFull()) {
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
            books.unlock();
        }
    }

    /** Gives back what is not spent: somebody needs it, or its terms have changed. */
    void giveBack() {
        Slice slice = current;
        if (slice != null) {
            collect(slice, 0);
            leases.wake();
        }
    }

    /** Of the posting thread: takes uses off the current slice, and lets go of it when nothing speaks for keeping it. */
    void look(boolean returning) {
        Slice slice = current;
        if (slice == null) {
            return;
        }
        long now = leases.now();
        if (slice.depth() > 0 || usedAt - slice.hold().takenAt() < 0) {
            usedAt = now;
        }
        boolean idle = now - usedAt >= policy.idle().toNanos();
        if (returning
                || idle
                || slice.isOver()
                || !leases.areCurrent(this, slice.hold().line())) {
            if (taking.tryLock()) {
                try {
                    end(slice, now);
                } finally {
                    taking.unlock();
                }
            }
            return;
        }
        long keep = sizing.keep(slice.left());
        if (slice.depth() > 0 || keep < slice.left()) {
            collect(slice, keep);
        }
    }

    private void end(Slice slice, long now) {
        if (current == slice) {
            sizing.ended(slice.hold().units(), slice.left(), now - slice.hold().takenAt());
            current = null;
        }
        collect(slice, 0);
    }

    /** Takes the uses off a slice for posting, and leaves it no more than {@code keep} units. */
    private void collect(Slice slice, long keep) {
        books.lock();
        try {
            enter(slice, keep);
        } finally {
            books.unlock();
        }
    }

    private void enter(Slice slice, long keep) {
        Slice.Taken taken = slice.take(keep);
        List<Spending.Spent> uses = taken.uses();
        if (slice.wasEnded() && uses.isEmpty()) {
            return;
        }
        slice.end(taken.left() == 0);
        long held = taken.left();
        for (Spending.Spent use : uses) {
            held += use.amount();
        }
        int from = 0;
        do {
            int to = Math.min(uses.size(), from + Leases.POSTED_TOGETHER);
            List<Spending.Spent> part = uses.subList(from, to);
            for (Spending.Spent use : part) {
                held -= use.amount();
            }
            postings.add(new Posting(slice.hold(), new Spending(part, held)));
            from = to;
        } while (from < uses.size());
        waiting.addAndGet(uses.size());
    }

    /** Returns what is to be posted next, or null. */
    @Nullable
    Posting nextPosting() {
        books.lock();
        try {
            return postings.peek();
        } finally {
            books.unlock();
        }
    }

    void posted(Posting posting) {
        books.lock();
        try {
            postings.remove();
            waiting.addAndGet(-posting.spending().uses().size());
            someWerePosted.signalAll();
        } finally {
            books.unlock();
        }
    }

    int waiting() {
        return waiting.get();
    }

    /** Tells whether there is nothing here to look after. */
    boolean isQuiet() {
        return current == null && nextPosting() == null;
    }

    /** Tells whether nobody has asked for a slice since the last time. */
    boolean isForgotten() {
        boolean used = touched;
        touched = false;
        return !used && isQuiet();
    }
}
