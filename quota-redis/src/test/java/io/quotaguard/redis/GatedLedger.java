package io.quotaguard.redis;

import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.DelegatingStore;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store to decide in front of whose posts can be held up on their way, as a busy database does. Thread-safe. */
final class GatedLedger extends DelegatingStore implements BackingStore {
    private final BackingStore inner;
    private volatile @Nullable CountDownLatch gate;
    private volatile boolean waiting;
    private final AtomicInteger executed = new AtomicInteger();

    GatedLedger(BackingStore inner) {
        super(inner);
        this.inner = inner;
    }

    /** From now on posts wait. */
    void shut() {
        gate = new CountDownLatch(1);
    }

    /** Tells whether a post waits. */
    boolean hasOneWaiting() {
        return waiting;
    }

    /** Lets posts pass, also those that wait. */
    void open() {
        CountDownLatch shut = gate;
        gate = null;
        if (shut != null) {
            shut.countDown();
        }
    }

    /** Returns how many commands it was left to carry out itself. */
    int executed() {
        return executed.get();
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        executed.addAndGet(commands.size());
        return inner.execute(commands, deadline);
    }

    @Override
    public List<Outcome> post(List<Decided> decided, Deadline deadline) {
        CountDownLatch shut = gate;
        if (shut != null) {
            waiting = true;
            try {
                shut.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                waiting = false;
            }
        }
        return inner.post(decided, deadline);
    }

    @Override
    public boolean remembers(Command command, Deadline deadline) {
        return inner.remembers(command, deadline);
    }
}
