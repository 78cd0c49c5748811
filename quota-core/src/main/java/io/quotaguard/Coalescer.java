package io.quotaguard;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets calls that are under way at the same time share round trips to the store. Thread-safe.
 *
 * <p>It has no threads. While few calls are under way each goes straight to the store. From then on a call joins a lane,
 * always the same one for one counter; the first in a lane leads: it carries what is waiting there to the store on its own
 * thread, hands the lead on to the next that waits, and wakes those whose outcomes it brought. So calls with one key keep
 * their order, a counter is never fought over by two round trips of one guard, and a thread that waits holds nothing.
 */
final class Coalescer implements Lane.Carrier, AutoCloseable {
    private static final long DRAIN_TICK_NANOS = 1_000_000;

    private final QuotaStore store;
    private final Coalescing settings;
    private final Lane[] lanes;
    private final AtomicInteger present = new AtomicInteger();
    private volatile boolean closed;

    Coalescer(QuotaStore store, Coalescing settings) {
        this.store = store;
        this.settings = settings;
        this.lanes = new Lane[settings.flushers()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(this, settings.batchSize(), Math.max(1, settings.queueSize() / lanes.length));
        }
    }

    /** Carries out one command, on this thread or on that of another call. */
    Outcome execute(Command command, Deadline deadline) {
        if (settings.equals(Coalescing.OFF)) {
            return alone(command, deadline);
        }
        int callers = present.incrementAndGet();
        try {
            Lane lane = lane(command);
            if (closed || (callers <= settings.directCallers() && lane.isEmpty()) || !canBeShared(command)) {
                return alone(command, deadline);
            }
            Passenger passenger = new Passenger(command, deadline);
            if (!lane.join(passenger)) {
                return full(command);
            }
            Outcome outcome = lane.ride(passenger);
            return outcome != null ? outcome : alone(command, deadline);
        } finally {
            present.decrementAndGet();
        }
    }

    /** Carries out a list that is large enough by itself. */
    List<Outcome> execute(List<Command> commands, Deadline deadline) {
        try {
            return store.execute(commands, deadline);
        } catch (RuntimeException e) {
            // A store that throws broke its promise, and who knows at which point.
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

    private Lane lane(Command command) {
        Line line = command.lines().get(0);
        int hash = 31 * line.subject().hashCode() + line.feature().hashCode();
        return lanes[Math.floorMod(hash ^ (hash >>> 16), lanes.length)];
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
            passengers.get(i).arrive(outcomes.get(i));
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

    /** Lets what waits be carried out; calls that come later go to the store by themselves. */
    @Override
    public void close() {
        closed = true;
        for (Lane lane : lanes) {
            // Each call leaves by its own deadline, so this ends.
            while (!lane.isEmpty()) {
                LockSupport.parkNanos(DRAIN_TICK_NANOS);
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
            }
        }
    }
}
