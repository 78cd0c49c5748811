package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.DelegatingStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A store that carries out each command in its own wrong way. */
abstract class RewritingStore extends DelegatingStore {
    RewritingStore(QuotaStore inner) {
        super(inner);
    }

    abstract Outcome execute(Command command, Deadline deadline);

    @Override
    public final List<Outcome> execute(List<Command> commands, Deadline deadline) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Command command : commands) {
            outcomes.add(execute(command, deadline));
        }
        return outcomes;
    }

    final Outcome rightly(Command command, Deadline deadline) {
        return super.execute(List.of(command), deadline).get(0);
    }

    /** The gap through which another thread slips, as wide as a round trip. */
    static void gap() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
}
