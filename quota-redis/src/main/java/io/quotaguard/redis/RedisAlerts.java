package io.quotaguard.redis;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The outbox of the store behind this one, with the alerts of everything that was decided before it is read. Thread-safe. */
final class RedisAlerts implements AlertStore {
    private final AlertStore behind;
    private final Freshly freshly;

    RedisAlerts(AlertStore behind, Freshly freshly) {
        this.behind = behind;
        this.freshly = freshly;
    }

    @Override
    public List<Claimed> claim(String dispatcher, int max, Duration lease, Deadline deadline) {
        freshly.asFarAsPossible(deadline);
        return behind.claim(dispatcher, max, lease, deadline);
    }

    @Override
    public List<Alert> list(Optional<String> subject, Which which, long afterId, int limit, Deadline deadline) {
        refresh(subject, deadline);
        return behind.list(subject, which, afterId, limit, deadline);
    }

    @Override
    public AlertStatistics statistics(Optional<String> subject, Deadline deadline) {
        refresh(subject, deadline);
        return behind.statistics(subject, deadline);
    }

    private void refresh(Optional<String> subject, Deadline deadline) {
        subject.ifPresentOrElse(one -> freshly.of(one, deadline), () -> freshly.ofAll(deadline));
    }

    @Override
    public int markSent(Collection<Long> ids, Deadline deadline) {
        return behind.markSent(ids, deadline);
    }

    @Override
    public int markRead(Collection<Long> ids, Deadline deadline) {
        return behind.markRead(ids, deadline);
    }

    @Override
    public void putOff(Collection<Long> ids, Duration delay, Deadline deadline) {
        behind.putOff(ids, delay, deadline);
    }

    @Override
    public boolean fail(long id, Duration delay, int most, Deadline deadline) {
        return behind.fail(id, delay, most, deadline);
    }

    @Override
    public int retry(Collection<Long> ids, Deadline deadline) {
        return behind.retry(ids, deadline);
    }

    @Override
    public int purge(Instant before, int most, Deadline deadline) {
        return behind.purge(before, most, deadline);
    }
}
