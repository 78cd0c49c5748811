package io.quotaguard.plan;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
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
    private EntitlementResolver() {}

    static Entitlement resolve(SubjectCatalog catalog, String feature, Instant at) {
        Subscription subscription = catalog.subscription();
        if (subscription == null) {
            String code = catalog.defaultPlan().plan();
            Optional<Plan> plan = code == null ? Optional.empty() : catalog.plan(code, null);
            CatalogVersion version = new CatalogVersion(
                    catalog.revision(),
                    code,
                    plan.map(Plan::version).orElse(0L),
                    catalog.defaultPlan().revision());
            return resolve(catalog, feature, at, new Layer(plan, plan, version, LimitSource.Kind.DEFAULT, Span.ALWAYS));
        }
        PlanTimeline.InForce inForce =
                PlanTimeline.of(catalog, subscription, feature).at(at);
        String code = inForce.phase().plan();
        Optional<Plan> current = catalog.plan(code, null);
        CatalogVersion version = new CatalogVersion(
                catalog.revision(), code, current.map(Plan::version).orElse(0L), CatalogVersion.NOT_USED);
        Optional<Plan> terms = catalog.plan(code, inForce.phase().pinnedVersion());
        return resolve(
                catalog,
                feature,
                at,
                new Layer(current, terms, version, LimitSource.Kind.PLAN, new Span(inForce.since(), inForce.until())));
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

    private static Entitlement resolve(SubjectCatalog catalog, String feature, Instant at, Layer layer) {
        if (layer.current().isEmpty() || layer.terms().isEmpty()) {
            return without(Standing.NO_PLAN, feature, LimitSource.NONE, layer);
        }
        Plan plan = layer.terms().get();
        LimitSource source = new LimitSource(layer.kind(), plan.code(), plan.version());
        if (!layer.current().get().active()) {
            return without(Standing.PLAN_INACTIVE, feature, source, layer);
        }
        PlanFeature terms = plan.features().get(feature);
        if (terms == null) {
            return without(Standing.NO_FEATURE, feature, source, layer);
        }
        Span span = layer.span();
        for (FeatureOverride override : catalog.overrides()) {
            if (override.feature().equals(feature)) {
                if (override.holdsAt(at)) {
                    return overridden(terms, override, source, layer);
                }
                // Before its end the override was in force, and what is resolved here was not (R24).
                span = span.startingAt(override.expiresAt());
            }
        }
        return new Entitlement(
                feature,
                Standing.GRANTED,
                terms.limit(),
                terms.period(),
                terms.thresholds(),
                terms.failurePolicy(),
                source,
                layer.version(),
                span.from(),
                span.until());
    }

    private static Entitlement overridden(
            PlanFeature terms, FeatureOverride override, LimitSource source, Layer layer) {
        Limit limit = override.limit();
        Thresholds thresholds = override.thresholds();
        FailurePolicy policy = override.failurePolicy();
        Span span = layer.span().endingAt(override.expiresAt());
        return new Entitlement(
                terms.feature(),
                Standing.GRANTED,
                limit != null ? limit : terms.limit(),
                terms.period(),
                thresholds != null ? thresholds : terms.thresholds(),
                policy != null ? policy : terms.failurePolicy(),
                limit != null
                        ? new LimitSource(LimitSource.Kind.OVERRIDE, source.plan(), source.planVersion())
                        : source,
                layer.version(),
                span.from(),
                span.until());
    }

    private static Entitlement without(Standing standing, String feature, LimitSource source, Layer layer) {
        return new Entitlement(
                feature,
                standing,
                Limit.of(0),
                ResetPeriod.NEVER,
                Thresholds.NONE,
                FailurePolicy.CLOSED,
                source,
                layer.version(),
                layer.span().from(),
                layer.span().until());
    }
}
