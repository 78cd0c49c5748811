package io.quotaguard.planted;

import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
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

/** Bug: a correction of a use in a closed window is taken from what was used in the current one. */
final class CurrentWindowStore extends RewritingStore {
    CurrentWindowStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        Instant now = clock().instant();
        Line use = command.lines().stream()
                .filter(line -> line.origin() == null)
                .findFirst()
                .orElseThrow();
        if (!command.operation().corrects() || use.terms().window().contains(now)) {
            return rightly(command, deadline);
        }
        Optional<UsageRecord> current =
                ledger().records(UsageQuery.of(use.subject()).feature(use.feature()), deadline).stream()
                        .filter(row -> row.amount() > 0 && row.origin() == null)
                        .filter(row -> row.window().contains(now))
                        .findFirst();
        return rightly(current.map(row -> about(row, use, command)).orElse(command), deadline);
    }

    private static Command about(UsageRecord row, Line use, Command command) {
        boolean commit = row.operation() == UsageRecord.Operation.COMMIT;
        Target target =
                new Target(KeyIdentity.of(row.subject(), row.feature(), row.key(), commit, null), row.id(), null);
        Terms then = use.terms();
        Terms terms = new Terms(
                then.standing(),
                then.limit(),
                then.ceiling(),
                then.thresholds(),
                then.source(),
                row.window(),
                then.validFrom(),
                then.validUntil(),
                then.version(),
                then.granted());
        long amount = Math.min(use.amount(), row.amount());
        Line line = new Line(use.subject(), use.feature(), amount, terms);
        return new Command(command.operation(), command.key(), List.of(line), command.metadata(), target);
    }
}
