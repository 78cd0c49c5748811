package io.quotaguard.alert;

import io.quotaguard.alert.Delivery.Result;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener on a thread of its own, with a bounded queue of alerts before it. Thread-safe.
 *
 * <p>It remembers which alerts the listener has dealt with already, so that another listener's failure does not bring
 * them again, and it skips a counter's later alerts while an earlier one failed, so that they arrive in order.
 */
final class ListenerThread {
    private static final Logger log = LoggerFactory.getLogger(ListenerThread.class);
    private static final int QUEUE_SIZE = 1000;
    private static final int REMEMBERED = 10_000;

    private final AlertListener listener;
    private final Consumer<Delivery> whenLast;
    private final ExecutorService worker;
    private final Map<Long, Boolean> dealtWith = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });
    private final OwedAlerts owed = new OwedAlerts();

    ListenerThread(AlertListener listener, Consumer<Delivery> whenLast, ExecutorService worker) {
        this.listener = listener;
        this.whenLast = whenLast;
        this.worker = worker;
    }

    /** Returns a thread with a bounded queue. */
    static ExecutorService worker() {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE_SIZE), ListenerThread::daemon);
    }

    /** Queues an alert for the listener; one too many counts as failed, to come again. */
    void hand(Delivery delivery) {
        try {
            worker.execute(() -> take(delivery));
        } catch (RejectedExecutionException e) {
            log.warn(
                    "alert listener {} has {} alerts waiting; alert {} will come again",
                    listener.getClass().getName(),
                    QUEUE_SIZE,
                    delivery.alert().id());
            owed.add(delivery);
            done(delivery, Result.NOT_TRIED);
        }
    }

    void close() {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(1, TimeUnit.SECONDS)) {
                worker.shutdownNow();
                // A listener that heeds the interrupt has its alert back in the outbox before this returns.
                worker.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void take(Delivery delivery) {
        if (owed.holdBack(delivery)) {
            owed.add(delivery);
            done(delivery, Result.NOT_TRIED);
        } else if (dealtWith.containsKey(delivery.alert().id()) || call(delivery)) {
            owed.taken(delivery);
            done(delivery, Result.TAKEN);
        } else {
            owed.add(delivery);
            done(delivery, Result.FAILED);
        }
    }

    /** Says that an alert is back in the outbox, {@code claim} being the last that began before. */
    void backInOutbox(Delivery delivery, long claim) {
        owed.backInOutbox(delivery, claim);
    }

    private boolean call(Delivery delivery) {
        long id = delivery.alert().id();
        try {
            listener.onAlert(delivery.alert());
            dealtWith.put(id, true);
            return true;
        } catch (Throwable e) {
            log.error(
                    "alert listener {} failed on alert {}; the alert will come again",
                    listener.getClass().getName(),
                    id,
                    e);
            return false;
        } finally {
            // The thread is ours: an interrupt that was meant for the listener must not reach the call that marks the
            // alert.
            Thread.interrupted();
        }
    }

    private void done(Delivery delivery, Result result) {
        if (delivery.done(result)) {
            whenLast.accept(delivery);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "quota-alert-listener");
        thread.setDaemon(true);
        return thread;
    }
}
