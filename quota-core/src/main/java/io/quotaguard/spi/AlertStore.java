package io.quotaguard.spi;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.QuotaUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The outbox of alerts that deciding transactions wrote (R28, R33). Every method throws
 * {@link QuotaUnavailableException} when the store cannot be asked before the deadline. Thread-safe.
 */
public interface AlertStore {
    /**
     * Claims unsent alerts that are due and not parked, for one dispatcher, until they are marked, put off, or {@code lease} has passed.
     *
     * <p>An alert is not given out while an earlier one of the same counter is unsent and not parked, unless that one is in this claim
     * too or in this dispatcher's hands already: so each counter's alerts arrive in order. Two dispatchers never hold one
     * alert at once; an alert in hand is not given out again before its lease has passed. Who was not answered does not know what is in
     * his hands, and claims under another name from then on.
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

    /** Marks alerts as read by a person; those that are already, or do not exist, are passed over. Returns how many it marked. */
    int markRead(Collection<Long> ids, Deadline deadline);

    /** Gives claimed alerts back, not to be claimed again before {@code delay} has passed. */
    void putOff(Collection<Long> ids, Duration delay, Deadline deadline);

    /**
     * Gives back an alert whose delivery failed: it is put off or, after its {@code most}-th failure, parked. A parked alert
     * is not claimed any more, and does not hold up the later alerts of its counter.
     *
     * @return whether it was parked by this call
     */
    boolean fail(long id, Duration delay, int most, Deadline deadline);

    /** Has parked alerts delivered again, their failures forgotten; others are passed over. Returns how many there were. */
    int retry(Collection<Long> ids, Deadline deadline);

    /**
     * Removes sent alerts that fired before an instant, the oldest first; unsent ones stay.
     *
     * @param most the most to remove in this one step
     * @return how many it removed; fewer than {@code most} when there are no more
     */
    int purge(Instant before, int most, Deadline deadline);

    /** Which alerts to list. */
    enum Which {
        ALL,
        /** Those not marked sent, the parked ones included. */
        UNSENT,
        UNREAD,
        PARKED
    }

    /**
     * Returns alerts in the order in which they fired.
     *
     * @param subject whose, or empty for all
     * @param which which of them
     * @param afterId only alerts with a larger id
     * @param limit the most alerts
     */
    List<Alert> list(Optional<String> subject, Which which, long afterId, int limit, Deadline deadline);

    /** Counts alerts, of one subject or of all. */
    AlertStatistics statistics(Optional<String> subject, Deadline deadline);
}
