package io.quotaguard.memory;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.Counter;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Subscription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The readable form of what the audit keeps: JSON, written by hand because the core has no JSON library (R44). */
final class CatalogText {
    private CatalogText() {}

    static @Nullable String of(@Nullable Plan plan) {
        if (plan == null) {
            return null;
        }
        Map<String, Object> features = new LinkedHashMap<>();
        plan.features().forEach((name, terms) -> features.put(name, fields(terms)));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("code", plan.code());
        fields.put("version", plan.version());
        fields.put("displayName", plan.displayName());
        fields.put("active", plan.active());
        fields.put("features", features);
        return json(fields);
    }

    static @Nullable String ofDefaultPlan(@Nullable String code) {
        return code == null ? null : json(Map.of("plan", code));
    }

    static @Nullable String of(@Nullable Subscription subscription) {
        if (subscription == null) {
            return null;
        }
        Cadence cadence = subscription.cadence();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "phases",
                subscription.phases().stream().map(CatalogText::fields).toList());
        fields.put("anchor", fields(cadence.first()));
        if (!cadence.changes().isEmpty()) {
            fields.put(
                    "anchorChanges",
                    cadence.changes().stream().map(CatalogText::fields).toList());
        }
        return json(fields);
    }

    static @Nullable String of(@Nullable FeatureOverride override) {
        if (override == null) {
            return null;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("feature", override.feature());
        putIfSet(fields, "limit", override.limit());
        putIfSet(
                fields,
                "thresholds",
                override.thresholds() == null ? null : override.thresholds().percents());
        putIfSet(fields, "failurePolicy", override.failurePolicy());
        putIfSet(fields, "expiresAt", override.expiresAt());
        return json(fields);
    }

    static String of(WindowCounter counter, Counter totals) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("feature", counter.owner().feature());
        fields.put("windowStart", counter.window().start());
        putIfSet(fields, "windowEnd", counter.window().end());
        fields.put("used", totals.used());
        return json(fields);
    }

    private static Map<String, Object> fields(PlanFeature terms) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("limit", terms.limit());
        fields.put("period", terms.period().code());
        fields.put("thresholds", terms.thresholds().percents());
        fields.put("failurePolicy", terms.failurePolicy());
        return fields;
    }

    private static Map<String, Object> fields(Subscription.Phase phase) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("plan", phase.plan());
        putIfSet(fields, "pinnedVersion", phase.pinnedVersion());
        fields.put("at", phase.at());
        fields.put("start", phase.start());
        return fields;
    }

    private static Map<String, Object> fields(Cadence.Change change) {
        Map<String, Object> fields = new LinkedHashMap<>(fields(change.anchor()));
        fields.put("at", change.at());
        return fields;
    }

    private static Map<String, Object> fields(Anchor anchor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("zone", anchor.zone().getId());
        fields.put("origin", anchor.origin());
        return fields;
    }

    private static void putIfSet(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> fields) {
            StringJoiner text = new StringJoiner(", ", "{", "}");
            fields.forEach((name, field) -> text.add(quoted(name.toString()) + ": " + json(field)));
            return text.toString();
        } else if (value instanceof List<?> items) {
            StringJoiner text = new StringJoiner(", ", "[", "]");
            items.forEach(item -> text.add(json(item)));
            return text.toString();
        } else if ((value instanceof Limit limit && !limit.isUnlimited())
                || value instanceof Number
                || value instanceof Boolean) {
            return value.toString();
        }
        return quoted(value.toString());
    }

    /** Quotes a text; names hold no control characters (R46), so only two characters need care. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
