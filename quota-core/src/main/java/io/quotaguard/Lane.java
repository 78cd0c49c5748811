package io.quotaguard;

import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Calls in the order in which they came, one of which leads. Thread-safe. */
final class Lane {
    private static final int TURNS = 4;

    private final Carrier carrier;
    private final Coalescing settings;
    private final AtomicInteger waiting;
    private final Queue<Passenger> queue;
    private final AtomicBoolean led = new AtomicBoolean();
    private volatile @Nullable Thread leading;

    /** Takes passengers to the store and lets each arrive. */
    interface Carrier {
        void carry(List<Passenger> passengers, Deadline deadline);

        String storeName();
    }

    /**
     * Makes a lane.
     *
     * @param waiting how many calls wait, in this lane and in those beside it: together they are bounded
     * @param queue where they wait in this one; empty, thread-safe, and used by nobody else
     */
    Lane(Carrier carrier, Coalescing settings, AtomicInteger waiting, Queue<Passenger> queue) {
        this.carrier = carrier;
        this.settings = settings;
        this.waiting = waiting;
        this.queue = queue;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Tells whether somebody leads here, or waits for it. */
    boolean isBusy() {
        return led.get() || !queue.isEmpty();
    }

    /** Tells whether the thread that asks is the one that leads here: it must not wait for itself. */
    boolean isLedByThisThread() {
        return leading == Thread.currentThread();
    }

    /** Lets a passenger wait here; false when there are too many. */
    boolean join(Passenger passenger) {
        if (waiting.incrementAndGet() > settings.queueSize()) {
            waiting.decrementAndGet();
            return false;
        }
        queue.add(passenger);
        return true;
    }

    /** Returns what became of a passenger that joined, on its own thread; null when it has to go by itself. */
    @Nullable
    Outcome ride(Passenger passenger) {
        if (!led.compareAndSet(false, true)) {
            passenger.await();
            if (!passenger.leads()) {
                return passenger.outcome(carrier.storeName());
            }
        }
        lead(passenger);
        return passenger.outcome(carrier.storeName());
    }

    /** Goes until the passenger whose thread this is is back, which takes one way unless very many wait before it. */
    private void lead(Passenger leader) {
        // Meant for one call, an interrupt must not break off the way of all that are aboard.
        boolean interrupted = Thread.interrupted();
        List<Passenger> together = List.of();
        leading = Thread.currentThread();
        try {
            while (!leader.isBack() && !leader.deadline().hasPassed()) {
                together.forEach(Passenger::wake);
                letOthersJoin();
                together = board();
                if (!together.isEmpty()) {
                    carrier.carry(together, leader.deadline());
                }
            }
        } finally {
            leader.leave();
            leading = null;
            // Who wakes first asks again first, and may come along on the next way: the more together, the less for
            // each.
            try {
                for (Passenger passenger : together) {
                    passenger.abandon();
                    passenger.wake();
                }
            } finally {
                handOn();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets threads that are ready run first, for as long as that brings callers: the more aboard, the less for each. */
    // A hint to the scheduler is all that is meant: it changes how many are aboard, and nothing else.
    @SuppressWarnings("ThreadPriorityCheck")
    private void letOthersJoin() {
        for (int turn = 0; turn < TURNS; turn++) {
            int before = waiting.get();
            Thread.yield();
            if (waiting.get() <= before || before >= settings.batchSize()) {
                return;
            }
        }
    }

    /** Takes those along who have waited longest. */
    private List<Passenger> board() {
        List<Passenger> together = new ArrayList<>(Math.min(settings.batchSize(), waiting.get()));
        while (together.size() < settings.batchSize()) {
            Passenger next = queue.poll();
            if (next == null) {
                break;
            }
            waiting.decrementAndGet();
            if (next.board()) {
                together.add(next);
            }
        }
        return together;
    }

    /** Gives the lead to who has waited longest, or to nobody. */
    private void handOn() {
        do {
            for (Passenger next = queue.peek(); next != null; next = queue.peek()) {
                if (next.lead()) {
                    return;
                }
                // Its time is up. Only who leads takes from the queue, so it is still the first.
                queue.poll();
                waiting.decrementAndGet();
            }
            led.set(false);
            // Whoever came before the flag was down waits for somebody to lead.
        } while (!queue.isEmpty() && led.compareAndSet(false, true));
    }
}
