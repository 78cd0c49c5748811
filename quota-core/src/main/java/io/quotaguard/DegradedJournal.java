package io.quotaguard;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uses that were allowed while the store was away, waiting to be posted to it (R43). Thread-safe.
 *
 * <p>Bounded and in memory: when it is full the failure policy closes, and what it holds when the process dies is lost.
 * Each entry keeps the key of its call, so posting twice counts once, also when the lost answer had been a yes.
 */
final class DegradedJournal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DegradedJournal.class);
    private static final int BATCH = 100;
    private static final long RETRY_MILLIS = 500;

    private final QuotaStore store;
    private final Duration timeout;
    private final Runnable alertsFired;
    private final LinkedBlockingQueue<Command> waiting;
    private final Thread thread;
    private volatile int inHand;
    private volatile boolean closed;

    DegradedJournal(QuotaStore store, Duration timeout, int capacity, Runnable alertsFired) {
        this.store = store;
        this.timeout = timeout;
        this.alertsFired = alertsFired;
        this.waiting = new LinkedBlockingQueue<>(capacity);
        this.thread = new Thread(this::run, "quota-journal");
        thread.setDaemon(true);
        thread.start();
    }

    /** Keeps a use for posting; returns false when the journal is full or closed. */
    boolean add(Command post) {
        return !closed && waiting.offer(post);
    }

    int size() {
        return waiting.size() + inHand;
    }

    /** Tries once more to post what is left, and says in the log what it could not. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Math.min(timeout.toMillis() * 2, 10_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (size() > 0) {
            log.error(
                    "{} uses allowed without the store could not be posted before close; they are not counted", size());
        }
    }

    private void run() {
        List<Command> batch = new ArrayList<>();
        try {
            while (!closed) {
                if (batch.isEmpty()) {
                    batch.add(waiting.take());
                }
                batch = post(batch);
                if (!batch.isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            log.debug("closing: posting what is left once more");
        }
        do {
            batch = post(batch);
        } while (batch.isEmpty() && !waiting.isEmpty());
    }

    /** Posts these entries and the next ones; returns those that have to wait. */
    private List<Command> post(List<Command> batch) {
        waiting.drainTo(batch, BATCH - batch.size());
        inHand = batch.size();
        List<Outcome> outcomes = execute(batch);
        List<Command> left = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!settled(batch.get(i), outcomes.get(i))) {
                left.add(batch.get(i));
            }
        }
        inHand = left.size();
        return left;
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
