package io.quotaguard.planted;

import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Bug: units that come from a grant are taken from it twice. */
final class GrantTwiceStore extends RewritingStore {
    /** A window long ago, so that no counter of today shows it. */
    private static final Window ONCE =
            new Window(Instant.parse("2001-01-01T00:00:00Z"), Instant.parse("2001-01-02T00:00:00Z"));

    GrantTwiceStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        Outcome outcome = rightly(command, deadline);
        if (command.operation() == Operation.RECORD
                && outcome instanceof Outcome.Accepted accepted
                && !accepted.replayed()) {
            for (Line line : command.lines()) {
                for (UsageRecord row : ledger().use(line.subject(), line.feature(), command.key(), deadline)) {
                    row.grants().values().forEach(units -> burn(row, line, units, deadline));
                }
            }
        }
        return outcome;
    }

    /** Where there is no allowance, all of a use comes from grants. */
    private void burn(UsageRecord row, Line line, long units, Deadline deadline) {
        Terms noAllowance = new Terms(
                Standing.GRANTED,
                Limit.of(0),
                Limit.unlimited(),
                Thresholds.NONE,
                LimitSource.NONE,
                ONCE,
                null,
                null,
                line.terms().version(),
                true);
        Line again = new Line(row.subject(), row.feature(), units, noAllowance);
        rightly(new Command(Operation.POST, row.key() + " again", List.of(again), Map.of()), deadline);
    }
}
