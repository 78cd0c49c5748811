package io.quotaguard.testing;

import io.quotaguard.model.Origin;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One counter that a call touches.
 *
 * @param origin on whose behalf, or null for a use itself
 */
record ModelLine(
        String subject,
        String feature,
        long amount,
        ModelTerms terms,
        @Nullable Origin origin) {
    /** The order in which lines are written and told. */
    static final Comparator<ModelLine> ORDER = Comparator.comparing(ModelLine::subject)
            .thenComparing(ModelLine::feature)
            .thenComparing(
                    ModelLine::origin,
                    Comparator.nullsFirst(Comparator.comparing(Origin::subject).thenComparing(Origin::feature)));

    boolean isUse() {
        return origin == null;
    }

    long rate() {
        return origin == null ? 1 : origin.rate();
    }

    ModelLine withAmount(long units) {
        return new ModelLine(subject, feature, units, terms, origin);
    }

    /** The counter's name: whose, of what, in which window. */
    List<Object> counter() {
        return List.of(subject, feature, terms.window());
    }
}
