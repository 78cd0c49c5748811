package io.quotaguard.planted;

import io.quotaguard.model.Limit;
import io.quotaguard.model.UsageQuery;
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

/** Bug: what a use takes of a grant is taken from the grant twice. */
final class TwiceBurnedStore extends RewritingStore {
    /** Where nothing else is counted, so that the units go missing from the grant alone. */
    private static final Window ASIDE = new Window(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));

    TwiceBurnedStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        Outcome outcome = rightly(command, deadline);
        boolean first = outcome instanceof Outcome.Accepted accepted && !accepted.replayed();
        for (Line line : command.lines()) {
            if (first && command.operation() == Operation.RECORD && line.terms().granted()) {
                burnAgain(line, command, deadline);
            }
        }
        return outcome;
    }

    private void burnAgain(Line line, Command command, Deadline deadline) {
        UsageQuery rows = UsageQuery.of(line.subject()).feature(line.feature()).key(command.key());
        long burned = ledger().records(rows, deadline).stream()
                .map(UsageRecord::grants)
                .flatMap(grants -> grants.values().stream())
                .mapToLong(Long::longValue)
                .sum();
        if (burned > 0) {
            Line again = new Line(line.subject(), line.feature(), burned, aside(line.terms()));
            rightly(
                    new Command(Operation.POST, "again-" + command.key(), List.of(again), command.metadata()),
                    deadline);
        }
    }

    private static Terms aside(Terms terms) {
        return new Terms(
                terms.standing(),
                Limit.of(0),
                Limit.unlimited(),
                terms.thresholds(),
                terms.source(),
                ASIDE,
                null,
                null,
                terms.version(),
                true);
    }
}
