package io.quotaguard.planted;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Bug: it writes down the key after the use is counted, and not with it, so that a retry in between counts again. */
final class LateKeyStore extends RewritingStore {
    private final Map<Object, Outcome.Accepted> keys = new ConcurrentHashMap<>();

    LateKeyStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        if (command.operation() == Operation.CHECK) {
            return rightly(command, deadline);
        }
        Object scope = List.of(
                command.key(),
                command.lines().get(0).subject(),
                command.lines().get(0).feature());
        Outcome.Accepted known = keys.get(scope);
        if (known != null) {
            return new Outcome.Accepted(known.verdicts(), true, List.of());
        }
        String nobodysKey = UUID.randomUUID().toString();
        Outcome outcome =
                rightly(new Command(command.operation(), nobodysKey, command.lines(), command.metadata()), deadline);
        if (outcome instanceof Outcome.Accepted accepted) {
            gap();
            keys.put(scope, accepted);
        }
        return outcome;
    }
}
