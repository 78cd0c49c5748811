package io.quotaguard.redis;

import io.quotaguard.model.Alert;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a list waits for the alerts that its uses fired, for all of them together: a part of its time from the first on, so
 * that the answers, which are decided, come in time whatever the ledger does. Of one call.
 */
final class AlertWait {
    private static final int PART = 2;

    private final Drainer drainer;
    private final Deadline call;
    private @Nullable Deadline end;

    AlertWait(Drainer drainer, Deadline call) {
        this.drainer = drainer;
        this.call = call;
    }

    /** Returns the alerts of an entry, or none when they do not come in time: these come from the outbox. */
    List<Alert> of(int shard, String entry) {
        if (end == null) {
            // Others wait for a shared list as they do for a lock.
            int millis = call.isShared() ? call.lockMillis() : Math.max(1, call.remainingMillis() / PART);
            end = Deadline.after(Duration.ofMillis(millis));
        }
        return drainer.alertsOf(shard, entry, end);
    }
}
