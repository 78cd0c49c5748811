package io.quotaguard.jdbc;

import io.quotaguard.spi.Deadline;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Bounds the wait for a connection of the host's pool by the call's deadline (R45), which JDBC itself cannot.
 *
 * <p>The caller waits on its own thread and is interrupted when overdue. No interrupt ever escapes into the host: whoever
 * moves a watch out of {@link State#ACQUIRING} decides, and a caller that lost waits for the interrupt that is on its way
 * and clears it. A thread that the host has interrupted is left alone. Thread-safe.
 */
final class AcquisitionWatchdog implements AutoCloseable {
    private static final long TICK_NANOS = 5_000_000;
    private static final int IDLE_TICKS = 200;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closed;

    /** What may wait too long. */
    interface Acquisition<T> {
        T acquire() throws SQLException;
    }

    private enum State {
        ACQUIRING,
        DONE,
        INTERRUPTING,
        INTERRUPTED
    }

    private record Watch(Thread waiter, Deadline deadline, AtomicReference<State> state) {}

    AcquisitionWatchdog(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns what {@code acquisition} returns, which is interrupted when the deadline passes. */
    <T> T within(Deadline deadline, Acquisition<T> acquisition) throws SQLException {
        Watch watch = new Watch(Thread.currentThread(), deadline, new AtomicReference<>(State.ACQUIRING));
        watches.add(watch);
        if (asleep) {
            LockSupport.unpark(thread);
        }
        try {
            return acquisition.acquire();
        } finally {
            watches.remove(watch);
            if (!watch.state.compareAndSet(State.ACQUIRING, State.DONE)) {
                while (watch.state.get() != State.INTERRUPTED) {
                    Thread.onSpinWait();
                }
                Thread.interrupted();
            }
        }
    }

    private void run() {
        int idleTicks = 0;
        while (!closed) {
            if (watches.isEmpty()) {
                idleTicks++;
            } else {
                idleTicks = 0;
                watches.forEach(AcquisitionWatchdog::interruptIfOverdue);
            }
            if (idleTicks < IDLE_TICKS) {
                LockSupport.parkNanos(this, TICK_NANOS);
            } else {
                sleepUntilNeeded();
                idleTicks = 0;
            }
        }
    }

    private void sleepUntilNeeded() {
        asleep = true;
        // A watch added before the flag was up woke nobody: look once more.
        if (watches.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private static void interruptIfOverdue(Watch watch) {
        if (watch.deadline.hasPassed()
                && !watch.waiter.isInterrupted()
                && watch.state.compareAndSet(State.ACQUIRING, State.INTERRUPTING)) {
            watch.waiter.interrupt();
            watch.state.set(State.INTERRUPTED);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
