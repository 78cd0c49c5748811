package io.quotaguard.spi;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.QuotaUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The outbox of alerts that deciding transactions wrote (R28, R33). Every method throws
 * {@link QuotaUnavailableException} when the store cannot be asked before the deadline. Thread-safe.
 */
public interface AlertStore {
    /**
     * Claims unsent alerts that are due, for one dispatcher, until they are marked, put off, or {@code lease} has passed.
     *
     * <p>An alert is not given out while an earlier one of the same counter is unsent, unless that one is in this claim
     * too or in this dispatcher's hands already: so each counter's alerts arrive in order. Two dispatchers never hold one
     * alert at once; an alert in hand is not given out again before its lease has passed.
     *
     * @return at most {@code max} alerts, by id
     */
    List<Claimed> claim(String dispatcher, int max, Duration lease, Deadline deadline);

    /**
     * An alert in a dispatcher's hands.
     *
     * @param alert the alert
     * @param attempts how often it was claimed before
     */
    record Claimed(Alert alert, int attempts) {}

    /** Marks alerts as sent; those that are already, or do not exist, are passed over. Returns how many it marked. */
    int markSent(Collection<Long> ids, Deadline deadline);

    /** Gives claimed alerts back, not to be claimed again before {@code delay} has passed. */
    void putOff(Collection<Long> ids, Duration delay, Deadline deadline);

    /**
     * Returns alerts in the order in which they fired.
     *
     * @param subject whose, or empty for all
     * @param unsentOnly whether to leave out those marked sent
     * @param afterId only alerts with a larger id
     * @param limit the most alerts
     */
    List<Alert> list(Optional<String> subject, boolean unsentOnly, long afterId, int limit, Deadline deadline);

    /** Counts alerts, of one subject or of all. */
    AlertStatistics statistics(Optional<String> subject, Deadline deadline);
}
