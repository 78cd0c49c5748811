package io.quotaguard.planted;

import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Bug: it takes a correction back from the window that is current, whichever window the use was charged to. */
final class PresentCorrectionStore extends RewritingStore {
    PresentCorrectionStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        Line line = command.lines().get(0);
        Instant start = line.terms().validFrom();
        if (!command.operation().corrects() || command.lines().size() > 1 || start == null) {
            return rightly(command, deadline);
        }
        Window present = new Window(start, line.terms().validUntil());
        if (line.terms().window().equals(present)) {
            return rightly(command, deadline);
        }
        return useIn(present, line, deadline)
                .map(use -> rightly(about(use, in(present, line), command), deadline))
                .orElseGet(() -> rightly(command, deadline));
    }

    private Optional<UsageRecord> useIn(Window window, Line line, Deadline deadline) {
        UsageQuery uses = UsageQuery.of(line.subject())
                .feature(line.feature())
                .operation(UsageRecord.Operation.RECORD)
                .pageSize(1);
        return ledger().records(uses, deadline).stream()
                .filter(row -> row.window().equals(window))
                .findFirst();
    }

    private static Line in(Window window, Line line) {
        Terms old = line.terms();
        Terms terms = new Terms(
                old.standing(),
                old.limit(),
                old.ceiling(),
                old.thresholds(),
                old.source(),
                window,
                old.validFrom(),
                old.validUntil(),
                old.version(),
                old.granted());
        return new Line(line.subject(), line.feature(), line.amount(), terms, line.origin());
    }

    private static Command about(UsageRecord use, Line line, Command command) {
        Target target = new Target(KeyIdentity.of(use.subject(), use.feature(), use.key()), use.id(), null);
        return new Command(command.operation(), command.key(), List.of(line), command.metadata(), target);
    }
}
