package io.quotaguard.lease;

import io.quotaguard.model.Decision;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The slices of one subject and feature on this node: one that is spent, and what is to be posted of it and of those before. */
final class Lease {
    /** The order in which they are looked after: the same each time, and of two of one name each is there. */
    static final Comparator<Lease> BY_AGE = Comparator.comparingLong(lease -> lease.number);

    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long IMPATIENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long number;
    private final String subject;
    private final String feature;
    private final SlicePolicy policy;
    private final Leases leases;
    private final Sizing sizing;
    private final ReentrantLock taking = new ReentrantLock();
    private final Unposted unposted = new Unposted();

    private volatile @Nullable Slice current;

    private volatile boolean touched = true;
    /** After a fault the store is left alone for a moment. */
    private volatile long restUntil;
    /** After a wait in vain nobody waits for a while: a hold that is no slice may last long. */
    private volatile long patientAgain;
    /** Of the posting thread: when the current slice was last seen in use. */
    private long usedAt;

    Lease(String subject, String feature, SlicePolicy policy, Leases leases) {
        this.number = leases.nextNumber();
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
            Decision decision = slice.spend(use, policy.maxUnposted() - unposted.uses());
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
                Decision decision = slice == null ? null : slice.spend(again, policy.maxUnposted() - unposted.uses());
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
            letGo(old);
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
                fresh.spend(new Spent(use.key, use.amount, use.metadata), policy.maxUnposted() - unposted.uses());
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
        return unposted.uses() + (slice == null ? 0 : slice.depth()) >= policy.maxUnposted();
    }

    private boolean awaitPosted(Deadline deadline) {
        leases.wake();
        return unposted.awaitPosted(this::isFull, deadline);
    }

    /** Gives back what is not spent: somebody needs it, or its terms have changed. */
    void giveBack() {
        Slice slice = current;
        if (slice != null) {
            unposted.takeOff(slice, 0);
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
                    letGo(slice);
                } finally {
                    taking.unlock();
                }
            }
            return;
        }
        long keep = sizing.keep(slice.left());
        if (slice.depth() > 0 || keep < slice.left()) {
            unposted.takeOff(slice, keep);
        }
    }

    /**
     * Takes everything off a slice, and only then forgets it: the other way round the lease would look quiet in between, and
     * nobody would post. The caller holds the lock of taking.
     */
    private void letGo(Slice slice) {
        long left = slice.left();
        unposted.takeOff(slice, 0);
        if (current == slice) {
            sizing.ended(slice.hold().units(), left, leases.now() - slice.hold().takenAt());
            current = null;
        }
    }

    Unposted unposted() {
        return unposted;
    }

    /** Tells whether there is nothing here to look after. */
    boolean isQuiet() {
        return current == null && unposted.isEmpty();
    }

    /** Tells whether nobody has asked for a slice since the last time. */
    boolean isForgotten() {
        boolean used = touched;
        touched = false;
        return !used && isQuiet();
    }
}
