package io.quotaguard.spi;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Origin;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One counter that a command touches. Immutable.
 *
 * <p>Two lines of a command may be of one counter when they are charged on behalf of different uses: two members of one
 * pool. They fit when their amounts together do.
 *
 * @param subject whose counter
 * @param feature of what
 * @param amount units; 0 for {@link Operation#RESET}, and for a {@link Operation#CHECK} that only reads. On behalf of a
 *     use, the use's amount times the rate
 * @param terms what the guard resolved, for the store to verify
 * @param origin on whose behalf it is charged, or null for a use itself
 */
public record Line(
        String subject,
        String feature,
        long amount,
        Terms terms,
        @Nullable Origin origin) implements Comparable<Line> {

    /** A use itself. */
    public Line(String subject, String feature, long amount, Terms terms) {
        this(subject, feature, amount, terms, null);
    }

    /**
     * Orders lines by subject, then feature: the one order in which every store locks, so that no two calls deadlock. Of
     * one counter the use itself comes first, then those on behalf of others by their names.
     */
    @Override
    public int compareTo(Line other) {
        int order = subject.compareTo(other.subject);
        order = order != 0 ? order : feature.compareTo(other.feature);
        if (order != 0 || (origin == null && other.origin == null)) {
            return order;
        } else if (origin == null || other.origin == null) {
            return origin == null ? -1 : 1;
        }
        order = origin.subject().compareTo(other.origin.subject());
        return order != 0 ? order : origin.feature().compareTo(other.origin.feature());
    }

    /** Tells whether this line stands for the same counter's owner as {@code other}. */
    public boolean sharesOwner(Line other) {
        return subject.equals(other.subject) && feature.equals(other.feature);
    }

    /** Returns how many units of this counter one unit of the use takes. */
    public long rate() {
        return origin == null ? 1 : origin.rate();
    }

    public Line withAmount(long units) {
        return new Line(subject, feature, units, terms, origin);
    }

    /**
     * Returns why {@code units} more do not fit beside {@code counter}, or null when they do (R1, R4, R41).
     *
     * @param topUps units of grants that were used in the window, or are left (R38)
     */
    public @Nullable RefusalReason refusal(long units, Counter counter, long topUps) {
        if (terms.standing() != Standing.GRANTED) {
            return RefusalReason.of(terms.standing());
        }
        Limit ceiling = terms.ceiling().plus(topUps);
        if (ceiling.admits(counter.taken(), units)) {
            return null;
        }
        return ceiling.admits(counter.used(), units) ? RefusalReason.HELD : RefusalReason.EXHAUSTED;
    }

    /**
     * Returns the verdict on this line, with the totals {@code counter}.
     *
     * @param topUps units of grants that were used in the window, or are left
     * @param overage units of what was just recorded that lie above the limit
     * @param heldUntil when the first of the holds on the counter expires, or null
     */
    public Verdict verdict(
            @Nullable RefusalReason refusal, Counter counter, long topUps, long overage, @Nullable Instant heldUntil) {
        boolean granted = terms.standing() == Standing.GRANTED;
        return new Verdict(
                subject,
                feature,
                amount,
                refusal,
                terms.limit().plus(topUps),
                counter,
                granted ? terms.window() : null,
                terms.source(),
                overage,
                origin,
                refusal == RefusalReason.HELD ? heldUntil : null);
    }
}
