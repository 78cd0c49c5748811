package io.quotaguard.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Subscription.Phase;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.model.Thresholds;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The catalog's values as JSON: the one shape in which SQL reads them out and the audit keeps them. */
final class CatalogJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CatalogJson() {}

    static ObjectNode of(Plan plan) {
        ObjectNode node = NODES.objectNode();
        node.put("code", plan.code());
        node.put("version", plan.version());
        node.put("displayName", plan.displayName());
        node.put("active", plan.active());
        ArrayNode features = node.putArray("features");
        plan.features().values().forEach(terms -> {
            ObjectNode feature = features.addObject();
            feature.put("feature", terms.feature());
            feature.put("limit", terms.limit().units());
            feature.put("period", terms.period().code());
            feature.set("thresholds", of(terms.thresholds()));
            feature.put("failurePolicy", terms.failurePolicy().name());
        });
        return node;
    }

    static ObjectNode of(Subscription subscription) {
        ObjectNode node = NODES.objectNode();
        ArrayNode phases = node.putArray("phases");
        subscription.phases().forEach(phase -> {
            ObjectNode json = phases.addObject();
            json.put("plan", phase.plan());
            json.put("pinnedVersion", phase.pinnedVersion());
            json.put("at", phase.at().toString());
            json.put("start", phase.start().name());
        });
        ArrayNode anchors = node.putArray("anchors");
        add(anchors, subscription.cadence().first(), null);
        subscription.cadence().changes().forEach(change -> add(anchors, change.anchor(), change.at()));
        return node;
    }

    static ObjectNode of(FeatureOverride override) {
        ObjectNode node = NODES.objectNode();
        node.put("feature", override.feature());
        Limit limit = override.limit();
        node.put("limit", limit == null ? null : limit.units());
        Thresholds thresholds = override.thresholds();
        node.set("thresholds", thresholds == null ? NODES.nullNode() : of(thresholds));
        FailurePolicy policy = override.failurePolicy();
        node.put("failurePolicy", policy == null ? null : policy.name());
        Instant expiresAt = override.expiresAt();
        node.put("expiresAt", expiresAt == null ? null : expiresAt.toString());
        return node;
    }

    static Plan plan(JsonNode node) {
        Map<String, PlanFeature> features = new LinkedHashMap<>();
        for (JsonNode feature : node.path("features")) {
            String name = feature.get("feature").asText();
            features.put(
                    name,
                    new PlanFeature(
                            name,
                            Limit.of(feature.get("limit").asLong()),
                            ResetPeriod.parse(feature.get("period").asText()),
                            thresholds(feature.get("thresholds")),
                            FailurePolicy.valueOf(feature.get("failurePolicy").asText())));
        }
        return new Plan(
                node.get("code").asText(),
                node.get("version").asLong(),
                node.get("displayName").asText(),
                node.get("active").asBoolean(),
                features);
    }

    /** Returns the subscription of an object with phases and anchors, null when it has none. */
    static @Nullable Subscription subscription(String subject, JsonNode node) {
        List<Phase> phases = new ArrayList<>();
        for (JsonNode phase : node.path("phases")) {
            phases.add(new Phase(
                    phase.get("plan").asText(),
                    optional(phase.get("pinnedVersion"), JsonNode::asLong),
                    instant(phase.get("at")),
                    Start.valueOf(phase.get("start").asText())));
        }
        return phases.isEmpty() ? null : new Subscription(subject, phases, cadence(node.path("anchors")));
    }

    static FeatureOverride override(String subject, JsonNode node) {
        return new FeatureOverride(
                subject,
                node.get("feature").asText(),
                optional(node.get("limit"), limit -> Limit.of(limit.asLong())),
                optional(node.get("thresholds"), CatalogJson::thresholds),
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

    private static void add(ArrayNode anchors, Anchor anchor, @Nullable Instant changedAt) {
        ObjectNode json = anchors.addObject();
        json.put("zone", anchor.zone().getId());
        json.put("origin", anchor.origin().toString());
        json.put("changedAt", changedAt == null ? null : changedAt.toString());
    }

    private static ArrayNode of(Thresholds thresholds) {
        ArrayNode percents = NODES.arrayNode();
        thresholds.percents().forEach(percents::add);
        return percents;
    }

    private static Thresholds thresholds(JsonNode node) {
        List<Integer> percents = new ArrayList<>();
        node.forEach(percent -> percents.add(percent.asInt()));
        return new Thresholds(percents);
    }

    /** PostgreSQL writes the offset of the session's time zone, Java a Z; both say the same instant. */
    private static Instant instant(JsonNode node) {
        return OffsetDateTime.parse(node.asText()).toInstant();
    }

    private static <T> @Nullable T optional(@Nullable JsonNode node, Function<JsonNode, T> value) {
        return node == null || node.isNull() ? null : value.apply(node);
    }
}
