package io.quotaguard.alert;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.SupportedTime;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.AlertStore.Which;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The alerts that fired, for hosts that show them or fetch them instead of listening. Thread-safe.
 *
 * <p>An alert is <i>sent</i> when it was delivered, and <i>read</i> when a person has seen it; neither says anything about
 * the other. It is <i>parked</i> when its listeners failed too often.
 *
 * <p>Lists come in the order of firing and in pages: pass the id of a page's last alert on as {@code afterId}, 0 for the
 * first page. {@code limit} is 1 … {@link UsageQuery#MAX_PAGE_SIZE}.
 */
public final class Alerts {
    /** The most alerts that are marked at once. */
    public static final int MAX_MARKED = 10_000;

    /** How many alerts one statement of {@link #purge} removes. */
    private static final int PURGED_AT_ONCE = 1000;

    private final AlertStore store;
    private final Duration timeout;

    /** Made by the front door; hosts get theirs from {@code quota.alerts()}. */
    public Alerts(AlertStore store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    /** Returns a page of the alerts of {@code subject}. */
    public List<Alert> list(String subject, long afterId, int limit) {
        return page(named(subject), Which.ALL, afterId, limit);
    }

    /** Returns a page of the alerts of all subjects. */
    public List<Alert> list(long afterId, int limit) {
        return page(Optional.empty(), Which.ALL, afterId, limit);
    }

    /** Returns the first {@code limit} alerts of {@code subject} that are not marked sent. */
    public List<Alert> unsent(String subject, int limit) {
        return page(named(subject), Which.UNSENT, 0, limit);
    }

    /** Returns the first {@code limit} alerts of all subjects that are not marked sent. */
    public List<Alert> unsent(int limit) {
        return unsent(0, limit);
    }

    /** Returns a page of the alerts of all subjects that are not marked sent. */
    public List<Alert> unsent(long afterId, int limit) {
        return page(Optional.empty(), Which.UNSENT, afterId, limit);
    }

    /** Returns a page of the alerts of {@code subject} that are not marked read. */
    public List<Alert> unread(String subject, long afterId, int limit) {
        return page(named(subject), Which.UNREAD, afterId, limit);
    }

    /** Returns a page of the alerts of all subjects that are not marked read. */
    public List<Alert> unread(long afterId, int limit) {
        return page(Optional.empty(), Which.UNREAD, afterId, limit);
    }

    /** Returns a page of the parked alerts of all subjects: delivered no more until {@link #retry}. */
    public List<Alert> parked(long afterId, int limit) {
        return page(Optional.empty(), Which.PARKED, afterId, limit);
    }

    /** Marks an alert as sent; returns false when it was already, or does not exist. */
    public boolean markSent(long id) {
        return markSent(List.of(id)) > 0;
    }

    /**
     * Marks alerts as sent, all at once; those that are already, or do not exist, are passed over.
     *
     * @param ids up to {@link #MAX_MARKED}
     * @return how many it marked
     */
    public int markSent(Collection<Long> ids) {
        return store.markSent(several(ids), deadline());
    }

    /** Marks an alert as read; returns false when it was already, or does not exist. */
    public boolean markRead(long id) {
        return markRead(List.of(id)) > 0;
    }

    /**
     * Marks alerts as read, all at once; those that are already, or do not exist, are passed over.
     *
     * @param ids up to {@link #MAX_MARKED}
     * @return how many it marked
     */
    public int markRead(Collection<Long> ids) {
        return store.markRead(several(ids), deadline());
    }

    /**
     * Has a parked alert delivered again, as if it had never failed. Later alerts of its counter may have been delivered
     * before it.
     *
     * @return false when it is not parked, or does not exist
     */
    public boolean retry(long id) {
        return store.retry(List.of(id), deadline()) > 0;
    }

    /**
     * Removes the sent alerts that fired before an instant, in small steps; unsent ones stay, however old. What was removed
     * when it fails stays removed.
     *
     * @return how many it removed
     */
    public long purge(Instant before) {
        SupportedTime.require(required("before", before));
        Deadline deadline = deadline();
        long purged = 0;
        int step;
        do {
            step = store.purge(before, PURGED_AT_ONCE, deadline);
            purged += step;
        } while (step == PURGED_AT_ONCE);
        return purged;
    }

    /** Counts the alerts of {@code subject}. */
    public AlertStatistics statistics(String subject) {
        return store.statistics(named(subject), deadline());
    }

    /** Counts the alerts of all subjects. */
    public AlertStatistics statistics() {
        return store.statistics(Optional.empty(), deadline());
    }

    private List<Alert> page(Optional<String> subject, Which which, long afterId, int limit) {
        if (limit < 1 || limit > UsageQuery.MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of("R45", "limit", limit, "is not in 1 … " + UsageQuery.MAX_PAGE_SIZE);
        }
        return store.list(subject, which, afterId, limit, deadline());
    }

    private static Collection<Long> several(Collection<Long> ids) {
        if (required("ids", ids).size() > MAX_MARKED) {
            throw InvalidQuotaArgumentException.of("R45", "number of ids", ids.size(), "is above " + MAX_MARKED);
        }
        ids.forEach(id -> required("id", id));
        return ids;
    }

    private static Optional<String> named(String subject) {
        return Optional.of(Names.requireSubject(subject));
    }

    private Deadline deadline() {
        return Deadline.after(timeout);
    }
}
