package io.quotaguard.testing;

import io.quotaguard.alert.AlertListener;
import io.quotaguard.model.Alert;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A listener that remembers what it heard, and that throws or blocks when a test wants it to. Thread-safe.
 *
 * <p>{@link #alerts()} holds what it took; {@link #calls()} counts every call, also those that it threw out of.
 */
public final class RecordingListener implements AlertListener {
    private final List<Alert> taken = new ArrayList<>();
    private final Deque<Throwable> toThrow = new ArrayDeque<>();
    private @Nullable CountDownLatch gate;
    private int calls;

    @Override
    public void onAlert(Alert alert) throws Exception {
        CountDownLatch closed;
        Throwable failure;
        synchronized (this) {
            calls++;
            closed = gate;
            failure = toThrow.poll();
        }
        if (closed != null) {
            closed.await();
        }
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof Exception exception) {
            throw exception;
        }
        synchronized (this) {
            taken.add(alert);
        }
    }

    /** Makes the next calls throw {@code failures}, one each. */
    public synchronized void throwNext(Throwable... failures) {
        toThrow.addAll(List.of(failures));
    }

    /** Makes every call wait until {@link #unblock()}. */
    public synchronized void block() {
        if (gate == null) {
            gate = new CountDownLatch(1);
        }
    }

    /** Lets all waiting and later calls go on. */
    public synchronized void unblock() {
        if (gate != null) {
            gate.countDown();
            gate = null;
        }
    }

    /** Returns the alerts that it took, in the order of their coming. */
    public synchronized List<Alert> alerts() {
        return List.copyOf(taken);
    }

    /** Returns the thresholds of the alerts that it took, in the order of their coming. */
    public List<Integer> thresholds() {
        return alerts().stream().map(Alert::threshold).toList();
    }

    /** Returns how often it was called, whatever became of the call. */
    public synchronized int calls() {
        return calls;
    }

    /**
     * Waits until it has taken {@code count} alerts; returns them all.
     *
     * @throws AssertionError when they do not come within {@code timeout}
     */
    public List<Alert> await(int count, Duration timeout) {
        if (!Await.holdsWithin(timeout, () -> alerts().size() >= count)) {
            throw new AssertionError("waited " + timeout + " for " + count + " alerts, but took " + alerts());
        }
        return alerts();
    }

    /** Waits for {@code count} alerts for as long as {@link Await} does. */
    public List<Alert> await(int count) {
        return await(count, Await.PATIENCE);
    }
}
