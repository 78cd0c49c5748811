package io.quotaguard.alert;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An outbox that fails on demand, and counts how it is used. Thread-safe. */
final class FlakyAlertStore implements AlertStore {
    private final AlertStore inner;
    private final List<Duration> delays = new ArrayList<>();
    private int claims;
    private int claimFaults;
    private int lostClaims;
    private int markFaults;
    private int failedMarks;
    private int putOffs;
    private PutOffHook hook = (id, time, done) -> {};
    private final Map<Long, Integer> putOffsById = new HashMap<>();

    /** Told around each putting off of an alert. */
    interface PutOffHook {
        /** Called for the {@code time}-th putting off of the alert, once before it is {@code done} and once after. */
        void at(long id, int time, boolean done);
    }

    FlakyAlertStore(AlertStore inner) {
        this.inner = inner;
    }

    synchronized void failClaims(int calls) {
        claimFaults = calls;
    }

    /** Has so many claims carried out, of which nobody is told. */
    synchronized void loseClaims(int calls) {
        lostClaims = calls;
    }

    synchronized void failMarks(int calls) {
        markFaults = calls;
    }

    synchronized void onPutOff(PutOffHook hook) {
        this.hook = hook;
    }

    synchronized int lostClaims() {
        return lostClaims;
    }

    synchronized int claims() {
        return claims;
    }

    synchronized int failedMarks() {
        return failedMarks;
    }

    synchronized int putOffs() {
        return putOffs;
    }

    /** Tells whether something was put off by {@code delay}, and forgets it. */
    synchronized boolean takeDelay(Duration delay) {
        return delays.remove(delay);
    }

    @Override
    public List<Claimed> claim(String dispatcher, int max, Duration lease, Deadline deadline) {
        synchronized (this) {
            claims++;
            if (claimFaults > 0) {
                failClaim(claimFaults--);
            }
        }
        List<Claimed> claimed = inner.claim(dispatcher, max, lease, deadline);
        synchronized (this) {
            if (lostClaims > 0 && !claimed.isEmpty()) {
                lostClaims--;
                throw new QuotaUnavailableException("planned", null, null, null);
            }
        }
        return claimed;
    }

    /** Fails as a store should, as it should not, and as nobody expects, in turn. */
    private static void failClaim(int number) {
        switch (number % 3) {
            case 0 -> throw new QuotaUnavailableException("planned", null, null, null);
            case 1 -> throw new IllegalStateException("planned");
            default -> throw new AssertionError("planned");
        }
    }

    @Override
    public int markSent(Collection<Long> ids, Deadline deadline) {
        synchronized (this) {
            if (markFaults > 0) {
                markFaults--;
                failedMarks++;
                throw new QuotaUnavailableException("planned", null, null, null);
            }
        }
        return inner.markSent(ids, deadline);
    }

    @Override
    public void putOff(Collection<Long> ids, Duration delay, Deadline deadline) {
        PutOffHook told;
        synchronized (this) {
            told = hook;
            ids.forEach(id -> putOffsById.merge(id, 1, Integer::sum));
        }
        ids.forEach(id -> told.at(id, time(id), false));
        inner.putOff(ids, delay, deadline);
        synchronized (this) {
            putOffs++;
            delays.add(delay);
        }
        ids.forEach(id -> told.at(id, time(id), true));
    }

    private synchronized int time(long id) {
        return putOffsById.getOrDefault(id, 0);
    }

    /** A failure puts off as well, unless it parks. */
    @Override
    public boolean fail(long id, Duration delay, int most, Deadline deadline) {
        PutOffHook told;
        synchronized (this) {
            told = hook;
            putOffsById.merge(id, 1, Integer::sum);
        }
        told.at(id, time(id), false);
        boolean parked = inner.fail(id, delay, most, deadline);
        synchronized (this) {
            putOffs++;
            delays.add(delay);
        }
        told.at(id, time(id), true);
        return parked;
    }

    @Override
    public int markRead(Collection<Long> ids, Deadline deadline) {
        return inner.markRead(ids, deadline);
    }

    @Override
    public int retry(Collection<Long> ids, Deadline deadline) {
        return inner.retry(ids, deadline);
    }

    @Override
    public int purge(Instant before, int most, Deadline deadline) {
        return inner.purge(before, most, deadline);
    }

    @Override
    public List<Alert> list(Optional<String> subject, Which which, long afterId, int limit, Deadline deadline) {
        return inner.list(subject, which, afterId, limit, deadline);
    }

    @Override
    public AlertStatistics statistics(Optional<String> subject, Deadline deadline) {
        return inner.statistics(subject, deadline);
    }
}
