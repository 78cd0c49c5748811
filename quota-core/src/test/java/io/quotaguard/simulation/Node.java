package io.quotaguard.simulation;

import io.quotaguard.QuotaGuard;
import io.quotaguard.SimulatedGuard;
import io.quotaguard.alert.DispatcherTurn;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;

/** One process with its guard and dispatcher. It does one thing at a time; others may do something meanwhile. */
final class Node implements AutoCloseable {
    private final SimulatedGuard guard;
    private final DispatcherTurn dispatcher;
    private final int number;
    private boolean busy;

    Node(World world, int number, QuotaStore store, Duration skew) {
        this.number = number;
        Network network = new Network(world, number, store, skew);
        SimulatedGuard.Time time = new SimulatedGuard.Time(
                world::nanos,
                nanos -> {
                    world.pass(Duration.ofNanos(nanos));
                    world.meanwhile();
                },
                world::below);
        guard = new SimulatedGuard(network, World.LEASED, time);
        dispatcher = new DispatcherTurn(network.alerts(), world::hear, Deadline.MAX);
    }

    int number() {
        return number;
    }

    boolean isBusy() {
        return busy;
    }

    /** Does something, unless it is at work already. */
    void work(Runnable task) {
        if (busy) {
            return;
        }
        busy = true;
        try {
            task.run();
        } finally {
            busy = false;
        }
    }

    QuotaGuard quota() {
        return guard.quota();
    }

    /** Posts what was spent from slices; tells whether the store could be asked. */
    boolean post() {
        return guard.post();
    }

    void dispatch() {
        boolean more;
        do {
            more = dispatcher.take();
        } while (more);
    }

    @Override
    public void close() {
        dispatcher.close();
        guard.close();
    }
}
