package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Bug: what has expired goes on counting for another hour, as if a job had to notice first. */
final class LingeringHoldStore extends RewritingStore {
    private static final Duration UNTIL_THE_JOB_RUNS = Duration.ofHours(1);

    private final Map<UUID, Held> holds = new HashMap<>();

    /** A hold that was neither committed nor released. */
    private record Held(Command command, Instant end) {}

    LingeringHoldStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        holdOn(deadline);
        Outcome outcome = rightly(command, deadline);
        Target target = command.target();
        if (target != null && outcome instanceof Outcome.Accepted accepted && !accepted.replayed()) {
            Instant end = accepted.heldUntil();
            if (command.operation() == Operation.HOLD && end != null) {
                holds.put(target.id(), new Held(command, end));
            } else if (command.operation() == Operation.EXTEND && end != null) {
                holds.computeIfPresent(target.id(), (id, held) -> new Held(held.command(), end));
            } else {
                holds.remove(target.id());
            }
        }
        return outcome;
    }

    /** Holds the units of what has expired once more, under a key that nobody knows. */
    private void holdOn(Deadline deadline) {
        Instant now = clock().instant();
        for (Held held : new ArrayList<>(holds.values())) {
            if (!now.isBefore(held.end())) {
                Command expired = held.command();
                holds.values().remove(held);
                String key = UUID.randomUUID().toString();
                Line use = expired.lines().stream()
                        .filter(line -> line.origin() == null)
                        .findFirst()
                        .orElseThrow();
                Target again = new Target(KeyIdentity.of(use.subject(), use.feature(), key), UNTIL_THE_JOB_RUNS);
                rightly(new Command(Operation.HOLD, key, List.copyOf(expired.lines()), Map.of(), again), deadline);
            }
        }
    }
}
