package io.quotaguard.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Draw;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Offer;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Price;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Term;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.SubjectUsage;
import io.quotaguard.spi.SubjectUsage.OpenCounter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The catalog's values from the JSON in which SQL reads them out. */
final class CatalogJson {
    private CatalogJson() {}

    static SubjectCatalog subjectCatalog(JsonNode node) {
        String subject = node.get("subject").asText();
        Map<String, Plan> plans = new HashMap<>();
        List<Plan> pinned = new ArrayList<>();
        for (JsonNode each : node.path("plans")) {
            Plan plan = plan(each);
            if (each.get("current").asBoolean()) {
                plans.put(plan.code(), plan);
            } else {
                pinned.add(plan);
            }
        }
        List<FeatureOverride> overrides = new ArrayList<>();
        node.path("overrides").forEach(each -> overrides.add(override(each)));
        return new SubjectCatalog(
                subject,
                node.get("revision").asLong(),
                optional(node.get("subscription"), each -> subscription(subject, each)),
                overrides,
                plans,
                pinned,
                new SubjectCatalog.DefaultPlan(
                        optional(node.get("defaultPlan"), JsonNode::asText),
                        node.get("defaultRevision").asLong()),
                optional(node.get("pool"), JsonNode::asText),
                texts(node.path("granted")));
    }

    static Plan plan(JsonNode node) {
        Map<String, PlanFeature> features = new LinkedHashMap<>();
        for (JsonNode each : node.path("features")) {
            PlanFeature terms = planFeature(each);
            features.put(terms.feature(), terms);
        }
        return new Plan(
                node.get("code").asText(),
                node.get("version").asLong(),
                Plan.Status.valueOf(node.get("status").asText()),
                new Offer(
                        node.get("displayName").asText(),
                        optional(node.get("description"), JsonNode::asText),
                        optional(
                                node.get("price"),
                                price -> Price.of(
                                        price.asText(), node.get("currency").asText())),
                        optional(node.get("billingCycle"), cycle -> BillingCycle.valueOf(cycle.asText())),
                        node.get("displayOrder").asInt()),
                optional(node.get("fallback"), JsonNode::asText),
                features);
    }

    private static PlanFeature planFeature(JsonNode node) {
        return new PlanFeature(
                node.get("feature").asText(),
                Limit.of(node.get("limit").asLong()),
                ResetPeriod.parse(node.get("period").asText()),
                thresholds(node.get("thresholds")),
                Overage.parse(node.get("overage").asText()),
                FailurePolicy.valueOf(node.get("failurePolicy").asText()),
                new PlanFeature.Label(
                        optional(node.get("displayName"), JsonNode::asText),
                        optional(node.get("unit"), JsonNode::asText)),
                optional(
                        node.get("drawCredits"),
                        credits ->
                                new Draw(credits.asText(), node.get("drawRate").asLong())));
    }

    private static Subscription subscription(String subject, JsonNode node) {
        List<Phase> phases = new ArrayList<>();
        for (JsonNode phase : node.path("phases")) {
            phases.add(new Phase(
                    phase.get("plan").asText(),
                    optional(phase.get("pinnedVersion"), JsonNode::asLong),
                    instant(phase.get("at")),
                    Start.valueOf(phase.get("start").asText())));
        }
        Term term = new Term(
                Term.Kind.valueOf(node.get("kind").asText()),
                optional(node.get("cycle"), cycle -> BillingCycle.valueOf(cycle.asText())),
                optional(node.get("endsAt"), CatalogJson::instant),
                optional(node.get("cancelledFrom"), CatalogJson::instant),
                optional(node.get("fallback"), JsonNode::asText));
        return new Subscription(subject, instant(node.get("startedAt")), phases, term, cadence(node.path("anchors")));
    }

    static FeatureOverride override(JsonNode node) {
        return new FeatureOverride(
                node.get("subject").asText(),
                node.get("feature").asText(),
                optional(node.get("limit"), limit -> Limit.of(limit.asLong())),
                optional(node.get("period"), period -> ResetPeriod.parse(period.asText())),
                optional(node.get("thresholds"), CatalogJson::thresholds),
                optional(node.get("overage"), overage -> Overage.parse(overage.asText())),
                optional(node.get("failurePolicy"), policy -> FailurePolicy.valueOf(policy.asText())),
                optional(node.get("expiresAt"), CatalogJson::instant));
    }

    private static Cadence cadence(JsonNode anchors) {
        Cadence cadence = Cadence.DEFAULT;
        for (JsonNode node : anchors) {
            Anchor anchor = Anchor.of(
                    ZoneId.of(node.get("zone").asText()),
                    LocalDateTime.parse(node.get("origin").asText()));
            Instant changedAt = optional(node.get("changedAt"), CatalogJson::instant);
            cadence = changedAt == null ? Cadence.of(anchor) : cadence.changedTo(anchor, changedAt);
        }
        return cadence;
    }

    private static Thresholds thresholds(JsonNode node) {
        List<Integer> percents = new ArrayList<>();
        node.forEach(percent -> percents.add(percent.asInt()));
        return new Thresholds(percents);
    }

    private static Set<String> texts(JsonNode nodes) {
        Set<String> texts = new HashSet<>();
        nodes.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    static SubjectUsage usage(String catalog, @Nullable String counters) {
        List<OpenCounter> open = new ArrayList<>();
        if (counters != null) {
            Json.read(counters).forEach(node -> open.add(counter(node)));
        }
        return new SubjectUsage(subjectCatalog(Json.read(catalog)), open);
    }

    private static OpenCounter counter(JsonNode node) {
        Set<Integer> fired = new HashSet<>();
        node.get("fired").forEach(percent -> fired.add(percent.asInt()));
        return new OpenCounter(
                node.get("feature").asText(),
                new Window(instant(node.get("start")), optional(node.get("end"), CatalogJson::instant)),
                new Counter(node.get("used").asLong(), node.get("held").asLong()),
                fired);
    }

    /** PostgreSQL writes the offset of the session's time zone, Java a Z; both say the same instant. */
    private static Instant instant(JsonNode node) {
        return OffsetDateTime.parse(node.asText()).toInstant();
    }

    private static <T> @Nullable T optional(@Nullable JsonNode node, Function<JsonNode, T> value) {
        return node == null || node.isNull() ? null : value.apply(node);
    }
}
