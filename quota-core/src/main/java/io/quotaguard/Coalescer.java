package io.quotaguard;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets calls that are under way at the same time share round trips to the store. Thread-safe.
 *
 * <p>It has no threads. While few calls are under way each goes straight to the store. From then on a call joins a lane,
 * the same one as others of its counter; the first in a lane leads: it carries what is waiting there to the store on its own
 * thread, wakes those whose outcomes it brought, and hands the lead on to the next that waits. So calls with one key keep
 * their order, two shared round trips do not fight over one counter, and a thread that waits holds nothing. When a shared
 * round trip fails, each that may still succeed goes by itself, so that one bad command fails alone.
 */
final class Coalescer implements Lane.Carrier, AutoCloseable {
    private static final long DRAIN_TICK_NANOS = 1_000_000;

    private final QuotaStore store;
    private final Coalescing settings;
    private final Lanes lanes;
    private final AtomicInteger present = new AtomicInteger();
    private volatile boolean closed;

    Coalescer(QuotaStore store, Coalescing settings) {
        this.store = store;
        this.settings = settings;
        AtomicInteger waiting = new AtomicInteger();
        this.lanes = new Lanes(settings, number -> new Lane(this, settings, waiting, new ConcurrentLinkedQueue<>()));
    }

    /** Carries out one command, on this thread or on that of another call. */
    Outcome execute(Command command, Deadline deadline) {
        if (settings.equals(Coalescing.OFF)) {
            return alone(command, deadline);
        }
        int callers = present.incrementAndGet();
        Lane lane = lanes.enter(command);
        try {
            boolean free = callers <= settings.directCallers() && lane.isEmpty();
            if (free || closed || !canBeShared(command) || leadsAlready()) {
                return alone(command, deadline);
            }
            Passenger passenger = new Passenger(command, deadline);
            if (!lane.join(passenger)) {
                return full(command);
            }
            Outcome outcome = lane.ride(passenger);
            return outcome != null ? outcome : alone(command, deadline);
        } finally {
            lanes.leave(command);
            present.decrementAndGet();
        }
    }

    /** Carries out a list that is large enough by itself. */
    List<Outcome> execute(List<Command> commands, Deadline deadline) {
        try {
            List<Outcome> outcomes = store.execute(commands, deadline);
            if (outcomes.size() != commands.size()) {
                throw new IllegalStateException("store " + store.name() + " gave " + outcomes.size() + " outcomes for "
                        + commands.size() + " commands");
            }
            return outcomes;
        } catch (RuntimeException e) {
            // This store broke its promise, and who knows at which point.
            List<Outcome> unknown = new ArrayList<>(commands.size());
            commands.forEach(command -> unknown.add(new Outcome.Unknown(e)));
            return unknown;
        }
    }

    private Outcome alone(Command command, Deadline deadline) {
        return execute(List.of(command), deadline).get(0);
    }

    /** What settles or corrects is told its outcome by what it finds, one after the other; together it is not faster. */
    private static boolean canBeShared(Command command) {
        return !command.operation().settles() && !command.operation().corrects();
    }

    /** A store that calls the guard again while it decides would wait for its own thread. */
    private boolean leadsAlready() {
        return lanes.any(Lane::isLedByThisThread);
    }

    /**
     * Takes passengers to the store, in the time that the one whose thread this is still has. Somebody else's lock is waited
     * for a part of it only, be there one passenger: others wait for the lane.
     */
    @Override
    public void carry(List<Passenger> passengers, Deadline deadline) {
        List<Command> commands = new ArrayList<>(passengers.size());
        passengers.forEach(passenger -> commands.add(passenger.command()));
        List<Outcome> outcomes = execute(commands, deadline.shared());
        for (int i = 0; i < passengers.size(); i++) {
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Unavailable unavailable
                    && (unavailable.retryable() || deadline.hasPassed())) {
                // Because of another that was aboard, for lack of the leader's time, or of the little patience on this
                // way.
                passengers.get(i).sendBack(outcome);
            } else {
                passengers.get(i).arrive(outcome);
            }
        }
    }

    @Override
    public String storeName() {
        return store.name();
    }

    private Outcome full(Command command) {
        return new Outcome.Unavailable(
                new QuotaUnavailableException(
                        "more than " + settings.queueSize() + " calls wait for store " + store.name()
                                + " already; nothing was recorded",
                        null,
                        command.key(),
                        store.name()),
                false);
    }

    /** Lets what waits or is aboard be carried out; calls that come later go to the store by themselves. */
    @Override
    public void close() {
        closed = true;
        // Each call leaves by its own deadline, so this ends; but who leads would wait for itself.
        while (lanes.any(lane -> lane.isBusy() && !lane.isLedByThisThread())) {
            LockSupport.parkNanos(DRAIN_TICK_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }
}
