package io.quotaguard.planted;

import io.quotaguard.model.Origin;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.List;

/** Bug: a use is charged to its subject and to its pool, but not to the pool above that. */
final class SkippedLevelStore extends RewritingStore {
    SkippedLevelStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        List<Line> lines =
                command.lines().stream().filter(line -> isNear(line, deadline)).toList();
        return rightly(command.withLines(lines), deadline);
    }

    private boolean isNear(Line line, Deadline deadline) {
        Origin origin = line.origin();
        return origin == null
                || line.subject().equals(origin.subject())
                || line.subject()
                        .equals(catalog().load(origin.subject(), deadline).pool());
    }
}
