package io.quotaguard.planted;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.List;

/** Bug: it says that a hold was released, and keeps holding. */
final class LeakingStore extends RewritingStore {
    LeakingStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        if (command.operation() != Operation.RELEASE) {
            return rightly(command, deadline);
        }
        List<Verdict> verdicts = command.lines().stream()
                .map(line -> line.verdict(null, Counter.ZERO, 0, 0, null))
                .toList();
        return new Outcome.Accepted(verdicts, false, List.of());
    }
}
