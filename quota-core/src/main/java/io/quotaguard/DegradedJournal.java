package io.quotaguard;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uses that were allowed while the store was away, waiting to be posted to it (R43). Thread-safe.
 *
 * <p>Bounded and in memory: when it is full the failure policy closes, and what it holds when the process dies is lost.
 * Each entry keeps the key of its call, so posting twice counts once, also when the lost answer had been a yes. An entry
 * stays until the store has settled it, so {@link #size()} is what is not counted yet.
 */
final class DegradedJournal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DegradedJournal.class);
    private static final int BATCH = 100;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final QuotaStore store;
    private final Duration timeout;
    private final int capacity;
    private final Runnable alertsFired;
    /** Guarded by this; only the journal's own thread takes away, always from the front. */
    private final Deque<Command> waiting = new ArrayDeque<>();

    private final Thread thread;
    /** Guarded by this. */
    private boolean closed;

    DegradedJournal(QuotaStore store, Duration timeout, int capacity, Runnable alertsFired) {
        this.store = store;
        this.timeout = timeout;
        this.capacity = capacity;
        this.alertsFired = alertsFired;
        this.thread = new Thread(this::run, "quota-journal");
        thread.setDaemon(true);
        thread.start();
    }

    /** Keeps a use for posting; returns false when the journal is full or closed. */
    synchronized boolean add(Command post) {
        if (closed || waiting.size() >= capacity) {
            return false;
        }
        waiting.add(post);
        notifyAll();
        return true;
    }

    synchronized int size() {
        return waiting.size();
    }

    /** Tries once more to post what is left, and says in the log what it could not. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        // An interrupt ends no close: what was allowed is posted first.
        Deadline.after(Duration.ofMillis(Math.min(timeout.toMillis() * 2, 10_000) + 1))
                .awaitEnd(thread);
        if (size() > 0) {
            log.error(
                    "{} uses allowed without the store could not be posted before close; they are not counted", size());
        }
    }

    private void run() {
        boolean stuck = false;
        boolean last = false;
        while (!last) {
            last = awaitTurn(stuck);
            stuck = !postWaiting();
        }
    }

    /** Waits until there is something to post, or, when it is stuck, for a while; returns whether this turn is the last. */
    private synchronized boolean awaitTurn(boolean stuck) {
        long end = System.nanoTime() + RETRY_NANOS;
        try {
            while (!closed && (waiting.isEmpty() || (stuck && System.nanoTime() - end < 0))) {
                wait(stuck ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) : 0);
            }
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt this thread but to end it: take no more, and try once to post what there
            // is.
            closed = true;
        }
        return closed;
    }

    /** Posts what is waiting, batch by batch; returns false when some of it has to wait longer. */
    private boolean postWaiting() {
        while (true) {
            List<Command> batch = firstWaiting();
            if (batch.isEmpty()) {
                return true;
            }
            List<Outcome> outcomes = execute(batch);
            Deque<Command> left = new ArrayDeque<>();
            for (int i = 0; i < batch.size(); i++) {
                if (!settled(batch.get(i), outcomes.get(i))) {
                    left.push(batch.get(i));
                }
            }
            replaceFirst(batch.size(), left);
            if (!left.isEmpty()) {
                return false;
            }
        }
    }

    private synchronized List<Command> firstWaiting() {
        return waiting.stream().limit(BATCH).toList();
    }

    /** Puts what is left of the first {@code count}, the last on top, back in their place. */
    private synchronized void replaceFirst(int count, Deque<Command> left) {
        for (int i = 0; i < count; i++) {
            waiting.remove();
        }
        left.forEach(waiting::addFirst);
    }

    private List<Outcome> execute(List<Command> batch) {
        try {
            return store.execute(batch, Deadline.after(timeout));
        } catch (RuntimeException e) {
            log.error("store {} threw where it should have answered", store.name(), e);
            List<Outcome> unknown = new ArrayList<>();
            batch.forEach(command -> unknown.add(new Outcome.Unknown(e)));
            return unknown;
        }
    }

    private boolean settled(Command post, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted accepted) {
            if (!accepted.alerts().isEmpty()) {
                alertsFired.run();
            }
            return true;
        }
        if (outcome instanceof Outcome.Unavailable || outcome instanceof Outcome.Unknown) {
            return false;
        }
        log.error(
                "the use with key {} was allowed without the store, cannot be posted, and is not counted: {}",
                post.key(),
                outcome.getClass().getSimpleName());
        return true;
    }
}
