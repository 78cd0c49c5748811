package io.quotaguard.lease;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Spending;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Units that the store holds for this node, and the uses made of them. Thread-safe. */
final class Slice {
    private static final AtomicReferenceFieldUpdater<Slice, Spent> TOP =
            AtomicReferenceFieldUpdater.newUpdater(Slice.class, Spent.class, "top");

    private final Hold hold;
    private final LongSupplier nanoTime;
    /** The newest use, which says what is left. */
    private volatile Spent top;

    /** Whether nothing more can come of it; guarded by its lease. */
    private boolean ended;

    /**
     * What the store answered.
     *
     * @param id the hold's
     * @param key under which it was made
     * @param line whose units, with the terms by which they were held
     * @param verdict the totals with it
     * @param takenAt when it was asked for: before it began
     * @param stopAt from when on it must not be spent any more
     */
    record Hold(UUID id, String key, Line line, Verdict verdict, long takenAt, long stopAt) {
        long units() {
            return line.amount();
        }
    }

    /** What was taken off a slice: uses, oldest first, and how much the slice has left. */
    record Taken(List<Spending.Spent> uses, long left) {}

    Slice(Hold hold, LongSupplier nanoTime) {
        this.hold = hold;
        this.nanoTime = nanoTime;
        this.top = Spent.nothing(hold.units());
    }

    Hold hold() {
        return hold;
    }

    long left() {
        return top.left;
    }

    /** Returns how many uses wait to be taken off. */
    int depth() {
        return top.depth;
    }

    boolean isOver() {
        return nanoTime.getAsLong() - hold.stopAt() >= 0;
    }

    /** Spends units, unless too few are left, too many uses wait, or its time is over: then it is null. */
    @Nullable
    Decision spend(Spent use, int mostWaiting) {
        Spent last;
        do {
            last = top;
            if (last.left < use.amount || last.depth >= mostWaiting) {
                return null;
            }
            use.follow(last);
        } while (!TOP.compareAndSet(this, last, use));
        // Looked at afterwards: whoever was stopped before the line above must not have spent after the end.
        if (isOver() && use.revoke()) {
            return null;
        }
        return decision(use);
    }

    private Decision decision(Spent use) {
        Verdict then = hold.verdict();
        long spent = hold.units() - use.left;
        Counter now = new Counter(then.counter().used() + spent, then.counter().held() - spent);
        Verdict verdict = new Verdict(
                then.subject(),
                then.feature(),
                use.amount,
                null,
                then.limit(),
                now,
                then.window(),
                then.source(),
                0,
                null,
                null);
        return Decision.of(verdict, use.key);
    }

    boolean wasEnded() {
        return ended;
    }

    void end(boolean nothingLeft) {
        ended |= nothingLeft;
    }

    /** Takes the uses off, and leaves no more than {@code keep} units; with 0 it is closed. */
    Taken take(long keep) {
        Spent last;
        Spent mark;
        do {
            last = top;
            mark = Spent.nothing(Math.min(last.left, keep));
        } while (!TOP.compareAndSet(this, last, mark));
        List<Spending.Spent> uses = new ArrayList<>(last.depth);
        for (Spent use = last; use != null; use = use.before) {
            if (use.isUse() && use.claim()) {
                uses.add(new Spending.Spent(use.key, use.amount, use.metadata));
            }
        }
        Collections.reverse(uses);
        return new Taken(uses, mark.left);
    }
}
