package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.time.Instant;

/** Bug: a hold counts a little longer than it says, as if a job that comes by now and then had to notice its end. */
final class LateExpiryStore extends RewritingStore {
    private static final Duration LATE = Duration.ofNanos(1000);

    LateExpiryStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        Target target = command.target();
        if (target == null || target.ttl() == null) {
            return rightly(command, deadline);
        }
        Target longer = new Target(target.id(), target.row(), target.ttl().plus(LATE));
        Outcome outcome = rightly(
                new Command(command.operation(), command.key(), command.lines(), command.metadata(), longer), deadline);
        if (!(outcome instanceof Outcome.Accepted accepted) || accepted.heldUntil() == null) {
            return outcome;
        }
        Instant said = accepted.heldUntil().minus(LATE);
        return new Outcome.Accepted(accepted.verdicts(), accepted.replayed(), accepted.alerts(), said);
    }
}
