package io.quotaguard.plan;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Thresholds;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pure function from a subject's catalog to what the subject may do with one feature at an instant (R4, R24). */
final class EntitlementResolver {
    private final SubjectCatalog catalog;
    private final String feature;
    private final Instant at;

    /** Whether the default plan counts for the subject: not in a pool, and not as a pool for its members (R40). */
    private final boolean hasDefault;

    private EntitlementResolver(SubjectCatalog catalog, String feature, Instant at, boolean hasDefault) {
        this.catalog = catalog;
        this.feature = feature;
        this.at = at;
        this.hasDefault = hasDefault;
    }

    static Entitlement resolve(SubjectCatalog catalog, String feature, Instant at) {
        return new EntitlementResolver(catalog, feature, at, catalog.pool() == null).resolve();
    }

    /** Resolves what a pool gives to its members together: what it subscribes to itself. */
    static Entitlement resolvePool(SubjectCatalog catalog, String feature, Instant at) {
        return new EntitlementResolver(catalog, feature, at, false).resolve();
    }

    private Entitlement resolve() {
        return resolve(layer());
    }

    /**
     * The plan in force.
     *
     * @param current its current version, which says whether the plan is active
     * @param terms the version whose terms count: the current one, or the one that the subscription is pinned to (R23)
     */
    private record Layer(
            Optional<Plan> current, Optional<Plan> terms, CatalogVersion version, LimitSource.Kind kind, Span span) {}

    /** The span of time in which what was resolved holds; a null end is open. */
    private record Span(@Nullable Instant from, @Nullable Instant until) {
        static final Span ALWAYS = new Span(null, null);

        Span startingAt(@Nullable Instant instant) {
            boolean later = instant != null && (from == null || instant.isAfter(from));
            return later ? new Span(instant, until) : this;
        }

        Span endingAt(@Nullable Instant instant) {
            boolean earlier = instant != null && (until == null || instant.isBefore(until));
            return earlier ? new Span(from, instant) : this;
        }
    }

    private Layer layer() {
        Subscription subscription = catalog.subscription();
        if (subscription == null) {
            return byDefault(Span.ALWAYS);
        }
        Instant end = subscription.term().end();
        if (end != null && !at.isBefore(end)) {
            Span since = Span.ALWAYS.startingAt(end);
            String fallback = subscription.term().fallback();
            return fallback == null ? byDefault(since) : bySubscription(fallback, null, since);
        }
        PlanTimeline.InForce inForce =
                PlanTimeline.of(catalog, subscription, feature).at(at);
        Span span = new Span(inForce.since(), inForce.until()).endingAt(end);
        return bySubscription(inForce.phase().plan(), inForce.phase().pinnedVersion(), span);
    }

    private Layer byDefault(Span span) {
        if (!hasDefault) {
            CatalogVersion version = new CatalogVersion(catalog.revision(), null, 0, CatalogVersion.NOT_USED);
            return new Layer(Optional.empty(), Optional.empty(), version, LimitSource.Kind.NONE, span);
        }
        String code = catalog.defaultPlan().plan();
        Optional<Plan> current = catalog.current(code);
        CatalogVersion version = version(code, current, catalog.defaultPlan().revision());
        return new Layer(current, current, version, LimitSource.Kind.DEFAULT, span);
    }

    private Layer bySubscription(String code, @Nullable Long pinned, Span span) {
        Optional<Plan> current = catalog.current(code);
        boolean replaced = current.isPresent() && !current.get().code().equals(code);
        Optional<Plan> terms = replaced || current.isEmpty() ? current : catalog.plan(code, pinned);
        CatalogVersion version = version(code, current, CatalogVersion.NOT_USED);
        return new Layer(current, terms, version, LimitSource.Kind.PLAN, span);
    }

    /**
     * Returns the revisions that the layer depends on. That a plan was deleted needs no revision of its own: it is for good.
     */
    private CatalogVersion version(@Nullable String named, Optional<Plan> current, long defaultRevision) {
        Plan plan = current.orElse(named == null ? null : catalog.plans().get(named));
        return plan == null
                ? new CatalogVersion(catalog.revision(), named, 0, defaultRevision)
                : new CatalogVersion(catalog.revision(), plan.code(), plan.version(), defaultRevision);
    }

    private Entitlement resolve(Layer layer) {
        if (layer.current().isEmpty() || layer.terms().isEmpty()) {
            return without(Standing.NO_PLAN, LimitSource.NONE, layer);
        }
        Plan plan = layer.terms().get();
        LimitSource source = new LimitSource(layer.kind(), plan.code(), plan.version());
        if (!layer.current().get().active()) {
            return without(Standing.PLAN_INACTIVE, source, layer);
        }
        PlanFeature terms = plan.features().get(feature);
        if (terms == null) {
            return without(Standing.NO_FEATURE, source, layer);
        }
        Span span = layer.span();
        for (FeatureOverride override : catalog.overrides()) {
            if (override.feature().equals(feature)) {
                if (override.holdsAt(at)) {
                    LimitSource above = override.limit() == null
                            ? source
                            : new LimitSource(LimitSource.Kind.OVERRIDE, source.plan(), source.planVersion());
                    return granted(override.over(terms), above, layer, span.endingAt(override.expiresAt()));
                }
                // Before its end the override was in force, and what is resolved here was not (R24).
                span = span.startingAt(override.expiresAt());
            }
        }
        return granted(terms, source, layer, span);
    }

    private Entitlement granted(PlanFeature terms, LimitSource source, Layer layer, Span span) {
        return new Entitlement(
                feature,
                Standing.GRANTED,
                terms.limit(),
                terms.period(),
                terms.thresholds(),
                terms.overage(),
                terms.failurePolicy(),
                terms.draw(),
                source,
                layer.version(),
                span.from(),
                span.until());
    }

    private Entitlement without(Standing standing, LimitSource source, Layer layer) {
        return new Entitlement(
                feature,
                standing,
                Limit.of(0),
                ResetPeriod.NEVER,
                Thresholds.NONE,
                Overage.HARD,
                FailurePolicy.CLOSED,
                null,
                source,
                layer.version(),
                layer.span().from(),
                layer.span().until());
    }
}
