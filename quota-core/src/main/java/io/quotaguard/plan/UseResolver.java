package io.quotaguard.plan;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.Draw;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Overage;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import io.quotaguard.plan.Entitlements.Resolved;
import io.quotaguard.plan.Entitlements.Use;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a use charges beside its own counter: the counter of each pool above its subject, and of each level's credits that
 * the feature is paid from (R40).
 *
 * <p>Every level has a line, also one that says nothing about the feature: then it has no limit of its own, and takes
 * period and window from the nearest pool above that has it, or else from below. So each level's use can be read, and each
 * level's revision is verified by the store: a pool that was given a limit meanwhile is noticed (R25).
 */
final class UseResolver {
    private final List<? extends Level> levels;
    private final Instant at;

    private UseResolver(List<? extends Level> levels, Instant at) {
        this.levels = levels;
        this.at = at;
    }

    /** One of the subjects that a use charges, the user's own or a pool. */
    interface Level {
        SubjectCatalog catalog();

        /** Resolves what the subject has when it uses a feature itself. */
        Resolved resolve(String feature, Instant at);

        /** Resolves what the subject gives to its members together. */
        Resolved resolveAsPool(String feature, Instant at);
    }

    static Use resolve(List<? extends Level> levels, String feature, long amount, Instant at) {
        if (levels.size() == 1) {
            Resolved alone = levels.get(0).resolve(feature, at);
            if (alone.entitlement().draw() == null) {
                String subject = levels.get(0).catalog().subject();
                return new Use(
                        List.of(new Line(subject, feature, amount, alone.terms())),
                        alone.entitlement().failurePolicy());
            }
        }
        return new UseResolver(levels, at).resolve(feature, amount);
    }

    /** Resolves what the first of the levels has itself. */
    static Entitlement entitlement(List<? extends Level> levels, String feature, Instant at) {
        return new UseResolver(levels, at).perLevel(feature).get(0).entitlement();
    }

    private Use resolve(String feature, long amount) {
        List<Resolved> own = perLevel(feature);
        Origin pooled = new Origin(subject(0), feature, 1);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            lines.add(new Line(subject(i), feature, amount, own.get(i).terms(), i == 0 ? null : pooled));
        }
        Map<String, List<Resolved>> credits = new HashMap<>();
        for (int i = 0; i < own.size(); i++) {
            Draw draw = own.get(i).entitlement().draw();
            if (draw != null) {
                Resolved paid =
                        credits.computeIfAbsent(draw.credits(), this::perLevel).get(i);
                Origin origin = new Origin(subject(0), feature, draw.rate());
                lines.add(new Line(subject(i), draw.credits(), credits(amount, draw), paid.terms(), origin));
            }
        }
        return new Use(lines, own.get(0).entitlement().failurePolicy());
    }

    private static long credits(long amount, Draw draw) {
        if (amount > Units.MAX / draw.rate()) {
            throw InvalidQuotaArgumentException.of(
                    "R6", "amount", amount, "at " + draw.rate() + " each passes the largest sum, " + Units.MAX);
        }
        return amount * draw.rate();
    }

    /** Resolves a feature on every level, the user's own first. */
    private List<Resolved> perLevel(String feature) {
        List<Resolved> own = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            own.add(i == 0 ? level.resolve(feature, at) : level.resolveAsPool(feature, at));
        }
        List<Resolved> resolved = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Standing standing = own.get(i).entitlement().standing();
            boolean silent = standing == Standing.NO_PLAN || standing == Standing.NO_FEATURE;
            Resolved base = silent ? nearest(own, i) : null;
            resolved.add(base == null ? own.get(i) : withoutOwn(levels.get(i).catalog(), own.get(i), base));
        }
        return resolved;
    }

    /** Returns what the nearest level above has, else the nearest below; null when none has the feature. */
    private static @Nullable Resolved nearest(List<Resolved> own, int level) {
        for (int i = level + 1; i < own.size(); i++) {
            if (isGranted(own.get(i))) {
                return own.get(i);
            }
        }
        for (int i = level - 1; i >= 0; i--) {
            if (isGranted(own.get(i))) {
                return own.get(i);
            }
        }
        return null;
    }

    private static boolean isGranted(Resolved resolved) {
        return resolved.entitlement().standing() == Standing.GRANTED;
    }

    /** Returns what a level has that says nothing about the feature: no limit, but for an override that caps it. */
    private Resolved withoutOwn(SubjectCatalog catalog, Resolved silent, Resolved base) {
        Entitlement of = base.entitlement();
        PlanFeature terms = new PlanFeature(
                of.feature(),
                Limit.unlimited(),
                of.period(),
                Thresholds.NONE,
                Overage.HARD,
                of.failurePolicy(),
                PlanFeature.Label.NONE,
                of.draw());
        LimitSource.Kind kind = LimitSource.Kind.POOL;
        Instant from = later(silent.entitlement().validFrom(), of.validFrom());
        Instant until = earlier(silent.entitlement().validUntil(), of.validUntil());
        for (FeatureOverride override : catalog.overrides()) {
            if (override.feature().equals(of.feature())) {
                if (override.holdsAt(at)) {
                    terms = override.over(terms);
                    kind = override.limit() == null ? kind : LimitSource.Kind.OVERRIDE;
                    until = earlier(until, override.expiresAt());
                } else {
                    from = later(from, override.expiresAt());
                }
            }
        }
        Entitlement entitlement = new Entitlement(
                of.feature(),
                Standing.GRANTED,
                terms.limit(),
                terms.period(),
                terms.thresholds(),
                terms.overage(),
                terms.failurePolicy(),
                terms.draw(),
                new LimitSource(kind, of.source().plan(), of.source().planVersion()),
                silent.entitlement().version(),
                from,
                until);
        return Resolved.of(entitlement, window(catalog, terms, base), catalog);
    }

    /** The window of the level that has the feature, unless an override gives a period of its own. */
    private Window window(SubjectCatalog catalog, PlanFeature terms, Resolved base) {
        if (Objects.equals(terms.period(), base.entitlement().period())) {
            return base.terms().window();
        }
        Subscription subscription = catalog.subscription();
        Cadence cadence = subscription == null ? Cadence.DEFAULT : subscription.cadence();
        return cadence.windowAt(terms.period(), at);
    }

    private String subject(int level) {
        return levels.get(level).catalog().subject();
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isAfter(one)) ? other : one;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isBefore(one)) ? other : one;
    }
}
