package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import java.time.Duration;

/** Bug: a release is answered and not carried out, so that work which failed keeps its units until the hold expires. */
final class LeakyHoldStore extends RewritingStore {
    private static final Duration AT_ONCE = Duration.ofNanos(1000);

    LeakyHoldStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        Target target = command.target();
        if (command.operation() != Operation.RELEASE || target == null) {
            return rightly(command, deadline);
        }
        // To extend it by less than is left changes nothing, and is answered alike.
        Target same = new Target(target.id(), AT_ONCE);
        return rightly(
                new Command(Operation.EXTEND, command.key(), command.lines(), command.metadata(), same), deadline);
    }
}
