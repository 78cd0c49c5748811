package io.quotaguard.alert;

import io.quotaguard.model.QuotaException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Claimed;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings alerts from the store's outbox to the listeners of this JVM (R33). Thread-safe.
 *
 * <p>One thread claims alerts, at once when a call of this guard fired some, in ever longer steps when the host has yet to
 * commit them, and otherwise at an interval, which picks up what another node's crash left. It hands each alert to every
 * listener's own thread, so that a listener that blocks holds up nobody else. An alert is marked sent when all of them have
 * returned. One that fails comes again after a delay that grows, until it is parked.
 */
public final class AlertDispatcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AlertDispatcher.class);
    private static final int CLAIM_SIZE = 100;
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);

    /** Under which it claims; of the claiming thread alone. */
    private String name = newName();

    private final AlertStore store;
    private final Settings settings;
    private final Lookout lookout;
    private final List<ListenerThread> listeners = new ArrayList<>();
    private final Map<Long, Delivery> inHand = new ConcurrentHashMap<>();
    /** What came out of them could not be written yet. */
    private final Queue<Delivery> unwritten = new ConcurrentLinkedQueue<>();

    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private final AtomicLong claims = new AtomicLong();
    private volatile boolean closed;

    /**
     * What the host may set.
     *
     * @param pollInterval how often the outbox is looked at when nothing wakes the dispatcher
     * @param timeout the bound on each of its calls to the store (R45)
     * @param parkAfter after how many failures an alert is parked
     */
    public record Settings(Duration pollInterval, Duration timeout, int parkAfter) {}

    /**
     * Makes the threads.
     *
     * @param claiming for the one that claims
     * @param listening for each listener; it runs one task at a time
     */
    record Threads(ThreadFactory claiming, Supplier<ExecutorService> listening) {
        static final Threads OWN = new Threads(Thread::new, ListenerThread::worker);
    }

    /** Starts to deliver. */
    public AlertDispatcher(AlertStore store, List<AlertListener> listeners, Settings settings) {
        this(store, listeners, settings, Threads.OWN);
    }

    AlertDispatcher(AlertStore store, List<AlertListener> listeners, Settings settings, Threads threads) {
        this.store = store;
        this.settings = settings;
        this.lookout = new Lookout(settings.pollInterval(), System::nanoTime);
        for (AlertListener listener : listeners) {
            this.listeners.add(new ListenerThread(
                    listener, this::finished, threads.listening().get()));
        }
        this.thread = threads.claiming().newThread(this::run);
        thread.setName("quota-alerts");
        thread.setDaemon(true);
        thread.start();
    }

    /** Says that there may be alerts to deliver; returns at once. */
    public void wake() {
        wake.release();
    }

    /** Says that alerts were fired in a transaction that others have yet to commit, or roll back; returns at once. */
    public void expect() {
        lookout.expect();
        wake.release();
    }

    /** Stops claiming, lets each listener finish the alert in its hands for a moment, and interrupts it then. */
    @Override
    public void close() {
        closed = true;
        wake.release();
        join(thread);
        listeners.forEach(ListenerThread::close);
    }

    private void run() {
        while (!closed) {
            boolean more = deliverDue();
            if (!more && !closed) {
                awaitWork();
            }
        }
    }

    /** Returns whether there may be more at once. */
    boolean deliverDue() {
        try {
            // Each once: who fails again joins at the end.
            for (int i = unwritten.size(); i > 0; i--) {
                Delivery delivery = unwritten.poll();
                if (delivery != null) {
                    write(delivery);
                }
            }
            long claim = claims.incrementAndGet();
            List<Claimed> claimed = claim();
            for (Claimed one : claimed) {
                deliver(one, claim);
            }
            return claimed.size() == CLAIM_SIZE;
        } catch (QuotaException e) {
            log.warn(
                    "alerts could not be read from store, trying again in {}: {}",
                    settings.pollInterval(),
                    e.toString());
        } catch (RuntimeException | Error e) {
            // Whatever it is, this thread goes on: without it no alert would ever be delivered again.
            log.error("alerts could not be read from store, trying again in {}", settings.pollInterval(), e);
        }
        return false;
    }

    /**
     * Claims what is due. A claim that is not answered may have been carried out all the same. Then the store takes alerts to be
     * in this one's hands that are not, and would give it later ones of their counters: so the next claim is under a new name.
     */
    private List<Claimed> claim() {
        try {
            return store.claim(name, CLAIM_SIZE, LEASE, deadline());
        } catch (RuntimeException | Error e) {
            name = newName();
            throw e;
        }
    }

    private static String newName() {
        return "dispatcher-" + UUID.randomUUID();
    }

    private void deliver(Claimed claimed, long claim) {
        Delivery fresh = new Delivery(claimed, claim, listeners.size());
        if (inHand.putIfAbsent(fresh.alert().id(), fresh) != null) {
            // A listener holds it longer than the lease; it is still on its way.
            return;
        }
        forgetUnwritten(fresh.alert().id());
        for (ListenerThread listener : listeners) {
            listener.hand(fresh);
        }
    }

    /** Its lease has ended, so that what came of the alert is asked anew. */
    private void forgetUnwritten(long id) {
        unwritten.removeIf(earlier -> {
            boolean same = earlier.alert().id() == id;
            if (same) {
                listeners.forEach(listener -> listener.backInOutbox(earlier, claims.get()));
            }
            return same;
        });
    }

    /** Called by the listener thread that was the last to be done with an alert. */
    private void finished(Delivery delivery) {
        // Before it is back in the outbox: from there it may be claimed at once, and must not be taken for this one.
        inHand.remove(delivery.alert().id());
        write(delivery);
        wake.release();
    }

    /** Writes what came of an alert. Until the store knows it, the listeners hold back the counter's later ones by themselves. */
    private void write(Delivery delivery) {
        long id = delivery.alert().id();
        try {
            Duration delay = delayAfter(delivery.attempts());
            switch (delivery.result()) {
                case TAKEN -> store.markSent(List.of(id), deadline());
                case NOT_TRIED -> store.putOff(List.of(id), delay, deadline());
                case FAILED -> {
                    if (store.fail(id, delay, settings.parkAfter(), deadline())) {
                        log.error(
                                "alert {} failed {} times and is parked; alerts().retry({}) has it delivered again",
                                id,
                                settings.parkAfter(),
                                id);
                    }
                }
            }
            listeners.forEach(listener -> listener.backInOutbox(delivery, claims.get()));
        } catch (RuntimeException e) {
            log.warn("what came of alert {} could not be written, trying again: {}", id, e.toString());
            unwritten.add(delivery);
        }
    }

    private Deadline deadline() {
        return Deadline.after(settings.timeout());
    }

    private static Duration delayAfter(int attempts) {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(attempts, 20));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    private void awaitWork() {
        try {
            if (wake.tryAcquire(lookout.waitNanos(), TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            // Nobody but close() means to stop this thread, and that sets the flag.
            log.debug("interrupted while waiting for alerts");
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
