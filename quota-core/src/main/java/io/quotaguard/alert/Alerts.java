package io.quotaguard.alert;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The alerts that fired, for hosts that show them or fetch them instead of listening. Thread-safe. */
public final class Alerts {
    private final AlertStore store;
    private final Duration timeout;

    /** Made by the front door; hosts get theirs from {@code quota.alerts()}. */
    public Alerts(AlertStore store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    /** Returns the first {@code limit} alerts of {@code subject} after the one with the id {@code afterId}; 0 for the first page. */
    public List<Alert> list(String subject, long afterId, int limit) {
        return store.list(
                Optional.of(Names.requireSubject(subject)),
                false,
                afterId,
                requirePage(limit),
                Deadline.after(timeout));
    }

    /** Returns the first {@code limit} alerts of {@code subject} that are not marked sent. */
    public List<Alert> unsent(String subject, int limit) {
        return store.list(
                Optional.of(Names.requireSubject(subject)), true, 0, requirePage(limit), Deadline.after(timeout));
    }

    /** Returns the first {@code limit} alerts of all subjects that are not marked sent. */
    public List<Alert> unsent(int limit) {
        return store.list(Optional.empty(), true, 0, requirePage(limit), Deadline.after(timeout));
    }

    /** Marks an alert as sent; returns false when it was already, or does not exist. */
    public boolean markSent(long id) {
        return store.markSent(List.of(id), Deadline.after(timeout)) > 0;
    }

    /** Counts the alerts of {@code subject}. */
    public AlertStatistics statistics(String subject) {
        return store.statistics(Optional.of(Names.requireSubject(subject)), Deadline.after(timeout));
    }

    /** Counts the alerts of all subjects. */
    public AlertStatistics statistics() {
        return store.statistics(Optional.empty(), Deadline.after(timeout));
    }

    private static int requirePage(int limit) {
        if (limit < 1 || limit > UsageQuery.MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of("R45", "limit", limit, "is not in 1 … " + UsageQuery.MAX_PAGE_SIZE);
        }
        return limit;
    }
}
