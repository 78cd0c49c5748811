package io.quotaguard;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A call that waits in a lane for its outcome. Made by the thread that waits; anybody may bring the outcome. */
final class Passenger {
    /** How long after its deadline a call waits for an outcome that is on its way. */
    private static final long GRACE_NANOS = 20_000_000;

    private final Command command;
    private final Deadline deadline;
    private final Thread thread = Thread.currentThread();
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile @Nullable Outcome outcome;

    /** Where it is. */
    enum State {
        /** In the lane. */
        WAITING,
        /** In the lane, and the next to lead it. */
        LEADING,
        /** On the way to the store. */
        ABOARD,
        /** Back with an outcome. */
        ARRIVED,
        /** Back without one: it has to go by itself. */
        SENT_BACK,
        /** Gone, since its time was up. */
        LEFT
    }

    Passenger(Command command, Deadline deadline) {
        this.command = command;
        this.deadline = deadline;
    }

    Command command() {
        return command;
    }

    Deadline deadline() {
        return deadline;
    }

    /** Asks it to lead its lane; false when it does not wait any more. */
    boolean lead() {
        if (deadline.hasPassed() || !state.compareAndSet(State.WAITING, State.LEADING)) {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
    }

    /** Takes it along to the store; false when it has left. */
    boolean board() {
        return state.compareAndSet(State.WAITING, State.ABOARD) || state.compareAndSet(State.LEADING, State.ABOARD);
    }

    /**
     * Brings it back. What the store could not do on the shared way may be because of another passenger, or because of the
     * little patience that all have there, so it is tried once more alone.
     */
    void arrive(Outcome brought) {
        boolean again = brought instanceof Outcome.Unavailable unavailable && unavailable.retryable();
        outcome = brought;
        state.set(again && !deadline.hasPassed() ? State.SENT_BACK : State.ARRIVED);
    }

    /** Says that the one whose thread this is waits no more. */
    void leave() {
        if (!state.compareAndSet(State.WAITING, State.LEFT)) {
            state.compareAndSet(State.LEADING, State.LEFT);
        }
    }

    /** Gives up one that was taken along and not brought back: what became of it, nobody knows. */
    void abandon() {
        if (state.get() == State.ABOARD) {
            arrive(new Outcome.Unknown(new IllegalStateException("the way to the store broke off")));
        }
    }

    /** Wakes its thread. */
    void wake() {
        if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    boolean isBack() {
        State now = state.get();
        return now == State.ARRIVED || now == State.SENT_BACK;
    }

    /** Waits until it is to lead or has come to an end. */
    void await() {
        boolean interrupted = false;
        while (mustWait()) {
            // An interrupt ends no call: whether it was carried out would remain unknown.
            interrupted |= Thread.interrupted();
            long grace = state.get() == State.ABOARD ? GRACE_NANOS : 0;
            LockSupport.parkNanos(this, Math.max(1, deadline.remaining().toNanos() + grace));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean mustWait() {
        State now = state.get();
        if (now == State.WAITING) {
            return !deadline.hasPassed() || !state.compareAndSet(State.WAITING, State.LEFT);
        }
        return now == State.ABOARD && deadline.remaining().toNanos() > -GRACE_NANOS;
    }

    boolean leads() {
        return state.get() == State.LEADING;
    }

    /** Returns how it ended; null when it has to go to the store by itself. */
    @Nullable
    Outcome outcome(String storeName) {
        State now = state.get();
        if (now == State.ARRIVED || now == State.SENT_BACK) {
            return now == State.ARRIVED ? outcome : null;
        }
        if (now == State.ABOARD) {
            return new Outcome.Unknown(new TimeoutException("the deadline passed while the store was deciding"));
        }
        return new Outcome.Unavailable(
                new QuotaUnavailableException(
                        "store " + storeName + " was not reached before the deadline; nothing was recorded (R45)",
                        null,
                        command.key(),
                        storeName),
                false);
    }
}
