package io.quotaguard.alert;

import io.quotaguard.alert.Delivery.CounterName;
import io.quotaguard.alert.Delivery.Result;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private final ThreadPoolExecutor worker;
    private final Map<Long, Boolean> dealtWith = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });
    /** Counters of which an alert failed: their later alerts wait for it. */
    private final Map<CounterName, Owed> owed = new ConcurrentHashMap<>();

    /**
     * A failed alert.
     *
     * @param alert its id
     * @param lastClaim the last claim that may have brought later alerts beside it, {@link Long#MAX_VALUE} until it is
     *     back in the outbox, which from then on keeps the order itself
     */
    private record Owed(long alert, long lastClaim) {
        static Owed failed(Delivery delivery) {
            return new Owed(delivery.alert().id(), Long.MAX_VALUE);
        }

        boolean covers(Delivery delivery) {
            return delivery.claim() <= lastClaim;
        }
    }

    ListenerThread(AlertListener listener, Consumer<Delivery> whenLast) {
        this.listener = listener;
        this.whenLast = whenLast;
        this.worker = new ThreadPoolExecutor(
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
            // Of several that did not fit, the first is the one that all later ones wait for.
            owed.merge(delivery.counter(), Owed.failed(delivery), (old, now) -> old.covers(delivery) ? old : now);
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
        long id = delivery.alert().id();
        CounterName counter = delivery.counter();
        Owed before = owed.get(counter);
        if (before != null && before.covers(delivery)) {
            done(delivery, Result.NOT_TRIED);
            return;
        }
        if (before != null) {
            owed.remove(counter, before);
        }
        boolean success = dealtWith.containsKey(id) || call(delivery);
        if (!success) {
            owed.put(counter, Owed.failed(delivery));
        }
        done(delivery, success ? Result.TAKEN : Result.FAILED);
    }

    /**
     * Says that an alert is back in the outbox. Only the one that failed here counts: those that merely waited for it may
     * be put back while it is on its way once more.
     */
    void putOff(Delivery delivery, long claim) {
        owed.computeIfPresent(
                delivery.counter(),
                (counter, failed) ->
                        failed.alert() == delivery.alert().id() ? new Owed(failed.alert(), claim) : failed);
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
