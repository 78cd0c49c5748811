package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.List;

/** Bug: it charges the user alone, and neither the pools above nor the credits that the use is paid from. */
final class OneLevelStore extends RewritingStore {
    OneLevelStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        List<Line> uses =
                command.lines().stream().filter(line -> line.origin() == null).toList();
        return rightly(command.withLines(uses), deadline);
    }
}
