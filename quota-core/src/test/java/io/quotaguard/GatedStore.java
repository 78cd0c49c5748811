package io.quotaguard;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.StoreCapabilities;
import io.quotaguard.testing.Await;
import io.quotaguard.testing.DelegatingStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that stands for one over a network: it writes down each round trip, holds round trips up while its gate is shut,
 * and fails them as it is told. Thread-safe.
 */
final class GatedStore extends DelegatingStore {
    /** One call of {@link #execute}. */
    record Trip(List<String> keys, Thread thread) {}

    /** How a round trip is made. */
    interface Manner {
        List<Outcome> execute(List<Command> commands, Deadline deadline, QuotaStore inner);
    }

    private static final Manner HONEST = (commands, deadline, inner) -> inner.execute(commands, deadline);

    private final QuotaStore inner;
    private final Queue<Trip> trips = new ConcurrentLinkedQueue<>();
    private final Semaphore gate = new Semaphore(0, true);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private volatile boolean shut;
    private volatile Manner manner = HONEST;

    GatedStore(QuotaStore inner) {
        super(inner);
        this.inner = inner;
    }

    @Override
    public StoreCapabilities capabilities() {
        return new StoreCapabilities(true, true, true, false);
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
        trips.add(new Trip(commands.stream().map(Command::key).toList(), Thread.currentThread()));
        try {
            if (shut) {
                gate.acquireUninterruptibly();
            }
            return manner.execute(commands, deadline, inner);
        } finally {
            inside.decrementAndGet();
        }
    }

    /** Holds up every round trip that begins from now on. */
    void shut() {
        shut = true;
    }

    /** Lets those go on that begin from now on; who was held up before still is. */
    void shutNoMore() {
        shut = false;
    }

    /** Lets those go on that have been held up longest. */
    void letGo(int tripsHeld) {
        gate.release(tripsHeld);
    }

    /** Holds up nothing any more. */
    void open() {
        shut = false;
        gate.release(inside.get());
    }

    void manner(Manner next) {
        manner = next;
    }

    /** Returns the round trips that have begun, in their order. */
    List<Trip> trips() {
        return List.copyOf(trips);
    }

    /** Returns the keys of each round trip that has begun, in their order. */
    List<List<String>> keys() {
        return trips.stream().map(Trip::keys).toList();
    }

    int inside() {
        return inside.get();
    }

    int mostInside() {
        return mostInside.get();
    }

    void awaitTrips(int number) {
        Await.until(number + " round trips have begun", () -> trips.size() >= number);
    }
}
