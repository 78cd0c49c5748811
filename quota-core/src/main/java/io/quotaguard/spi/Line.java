package io.quotaguard.spi;

import io.quotaguard.model.Counter;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One counter that a command touches. Immutable.
 *
 * @param subject whose counter
 * @param feature of what
 * @param amount units; 0 for {@link Operation#RESET}, and for a {@link Operation#CHECK} that only reads
 * @param terms what the guard resolved, for the store to verify
 */
public record Line(String subject, String feature, long amount, Terms terms) implements Comparable<Line> {

    /** Orders lines by subject, then feature: the one order in which every store locks, so that no two calls deadlock. */
    @Override
    public int compareTo(Line other) {
        int bySubject = subject.compareTo(other.subject);
        return bySubject != 0 ? bySubject : feature.compareTo(other.feature);
    }

    /** Tells whether this line stands for the same counter's owner as {@code other}. */
    public boolean sharesOwner(Line other) {
        return subject.equals(other.subject) && feature.equals(other.feature);
    }

    /** Returns why the line refuses beside {@code counter}, or null when it passes (R1, R4, R41). */
    public @Nullable RefusalReason refusalBeside(Counter counter) {
        if (terms.standing() != Standing.GRANTED) {
            return RefusalReason.of(terms.standing());
        }
        return terms.ceiling().admits(counter.taken(), amount) ? null : RefusalReason.LIMIT_REACHED;
    }

    /** Returns the verdict on this line, with the totals {@code counter}. */
    public Verdict verdict(@Nullable RefusalReason refusal, Counter counter) {
        boolean granted = terms.standing() == Standing.GRANTED;
        return new Verdict(
                subject,
                feature,
                amount,
                refusal,
                terms.limit(),
                counter,
                granted ? terms.window() : null,
                terms.source());
    }
}
