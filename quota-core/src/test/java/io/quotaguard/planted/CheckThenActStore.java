package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;

/** Bug: it decides in one step and counts in another, so that what was free at the decision is gone by then. */
final class CheckThenActStore extends RewritingStore {
    CheckThenActStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        if (command.operation() != Operation.RECORD) {
            return rightly(command, deadline);
        }
        Outcome check = rightly(as(Operation.CHECK, command), deadline);
        if (!(check instanceof Outcome.Accepted)) {
            return rightly(command, deadline);
        }
        gap();
        return rightly(as(Operation.POST, command), deadline);
    }

    private static Command as(Operation operation, Command command) {
        return new Command(operation, command.key(), command.lines(), command.metadata());
    }
}
