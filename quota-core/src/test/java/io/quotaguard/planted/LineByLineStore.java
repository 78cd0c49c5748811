package io.quotaguard.planted;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.ArrayList;
import java.util.List;

/** Bug: it charges the lines of a call one by one, and stops at the first that does not fit. */
final class LineByLineStore extends RewritingStore {
    LineByLineStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        List<Verdict> verdicts = new ArrayList<>();
        List<Alert> alerts = new ArrayList<>();
        boolean replayed = false;
        for (Line line : command.lines()) {
            Outcome outcome = rightly(
                    new Command(command.operation(), command.key(), List.of(line), command.metadata()), deadline);
            if (!(outcome instanceof Outcome.Accepted accepted)) {
                return outcome;
            }
            verdicts.addAll(accepted.verdicts());
            alerts.addAll(accepted.alerts());
            replayed |= accepted.replayed();
        }
        return new Outcome.Accepted(verdicts, replayed, alerts);
    }
}
