package io.quotaguard.testing;

import io.quotaguard.model.Draw;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Which counters a use is charged to: its own, its pools', and on each level the credits that it is paid from (R40). */
final class ModelUses {
    private final ModelCatalog catalog;
    private final ModelPools pools;

    ModelUses(ModelCatalog catalog, ModelPools pools) {
        this.catalog = catalog;
        this.pools = pools;
    }

    /** Returns the lines of a use, its own first; none when so many units of credits are more than can be counted (R6). */
    List<ModelLine> lines(Step.Item item, Instant now) {
        List<String> levels = pools.levels(item.subject());
        List<ModelTerms> own = terms(levels, item.feature(), now);
        List<ModelLine> lines = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Origin pooled = i == 0 ? null : new Origin(item.subject(), item.feature(), 1);
            lines.add(new ModelLine(levels.get(i), item.feature(), item.amount(), own.get(i), pooled));
        }
        for (int i = 0; i < levels.size(); i++) {
            Draw draw = own.get(i).draw();
            if (draw != null) {
                if (item.amount() * draw.rate() > Units.MAX) {
                    return List.of();
                }
                ModelTerms paid = terms(levels, draw.credits(), now).get(i);
                Origin origin = new Origin(item.subject(), item.feature(), draw.rate());
                lines.add(new ModelLine(levels.get(i), draw.credits(), item.amount() * draw.rate(), paid, origin));
            }
        }
        return lines;
    }

    /** Returns what a subject has when it uses a feature itself. */
    ModelTerms own(String subject, String feature, Instant now) {
        return lines(new Step.Item(subject, feature, 0), now).get(0).terms();
    }

    /**
     * Returns lines of earlier for so many units of their use: on the counters of then, by the limits of today (R36).
     *
     * @param earlier that of the use itself first
     */
    List<ModelLine> today(List<ModelLine> earlier, long units, Instant now) {
        ModelLine use = earlier.get(0);
        List<ModelLine> charged = lines(new Step.Item(use.subject(), use.feature(), 0), now);
        List<ModelLine> lines = new ArrayList<>();
        for (ModelLine line : earlier) {
            ModelTerms terms = charged.stream()
                    .filter(other -> other.subject().equals(line.subject())
                            && other.feature().equals(line.feature()))
                    .map(ModelLine::terms)
                    .findFirst()
                    .orElseGet(() -> own(line.subject(), line.feature(), now));
            lines.add(new ModelLine(
                    line.subject(),
                    line.feature(),
                    units * line.rate(),
                    terms.in(line.terms().window()),
                    line.origin()));
        }
        return lines;
    }

    private List<ModelTerms> terms(List<String> levels, String feature, Instant now) {
        List<ModelTerms> own = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            // The default plan is for those who use something and are nobody's member.
            boolean byDefault = i == 0 && !pools.isMember(levels.get(i));
            own.add(catalog.terms(levels.get(i), feature, byDefault, now));
        }
        List<ModelTerms> terms = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            terms.add(own.get(i).isSilent() ? shared(levels, feature, own, i, now) : own.get(i));
        }
        return terms;
    }

    /** A level that says nothing takes part without a limit, in the windows of the nearest level that says something. */
    private ModelTerms shared(List<String> levels, String feature, List<ModelTerms> own, int level, Instant now) {
        List<ModelTerms> nearest = new ArrayList<>(own.subList(level, own.size()));
        for (int i = level - 1; i >= 0; i--) {
            nearest.add(own.get(i));
        }
        for (ModelTerms base : nearest) {
            if (base.refusal() == null) {
                LimitSource source = new LimitSource(
                        LimitSource.Kind.POOL,
                        base.source().plan(),
                        base.source().planVersion());
                Limit none = Limit.unlimited();
                ModelTerms open = new ModelTerms(null, none, none, Thresholds.NONE, base.window(), source, base.draw());
                return catalog.capped(levels.get(level), feature, open, now);
            }
        }
        return own.get(level);
    }
}
