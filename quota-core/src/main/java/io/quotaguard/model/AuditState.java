package io.quotaguard.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What something in the catalog was at one moment, as the audit keeps it: flat, so that a person reads it and a difference
 * needs no parser (R44). Immutable.
 *
 * @param fields values by path, such as {@code features[articles_per_day].limit}; what is not set is left out
 */
public record AuditState(Map<String, String> fields) {
    public AuditState {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * One field that differs between two states.
     *
     * @param field its path
     * @param before its value before, or null when it was not set
     * @param after its value after, or null when it is not set
     */
    public record Difference(
            String field, @Nullable String before, @Nullable String after) {
        @Override
        public String toString() {
            return field + ": " + (before == null ? "(none)" : before) + " → " + (after == null ? "(none)" : after);
        }
    }

    public static AuditState of(Plan plan) {
        Offer offer = plan.offer();
        Writer fields = new Writer()
                .put("status", plan.status())
                .put("displayName", offer.displayName())
                .put("description", offer.description())
                .put("price", offer.price())
                .put("billingCycle", offer.billingCycle())
                .put("displayOrder", offer.displayOrder())
                .put("fallback", plan.fallback())
                .put("features", String.join(", ", plan.features().keySet()));
        plan.features().forEach((name, terms) -> {
            String path = "features[" + name + "].";
            fields.put(path + "limit", terms.limit())
                    .put(path + "period", terms.period().code())
                    .put(path + "thresholds", terms.thresholds().percents())
                    .put(path + "overage", terms.overage())
                    .put(path + "failurePolicy", terms.failurePolicy())
                    .put(path + "draw", terms.draw())
                    .put(path + "displayName", terms.label().displayName())
                    .put(path + "unit", terms.label().unit());
        });
        return fields.state();
    }

    public static AuditState of(Subscription subscription) {
        Term term = subscription.term();
        Writer fields = new Writer().put("startedAt", subscription.startedAt());
        int position = 0;
        for (Subscription.Phase phase : subscription.phases()) {
            String path = "phases[" + position++ + "].";
            fields.put(path + "plan", phase.plan())
                    .put(path + "pinnedVersion", phase.pinnedVersion())
                    .put(path + "at", phase.at())
                    .put(path + "start", phase.start());
        }
        fields.put("term.kind", term.kind())
                .put("term.cycle", term.cycle())
                .put("term.endsAt", term.endsAt())
                .put("term.cancelledFrom", term.cancelledFrom())
                .put("term.fallback", term.fallback());
        fields.put("anchors[0]", text(subscription.cadence().first()));
        position = 1;
        for (Cadence.Change change : subscription.cadence().changes()) {
            fields.put("anchors[" + position++ + "]", text(change.anchor()) + ", changed at " + change.at());
        }
        return fields.state();
    }

    private static String text(Anchor anchor) {
        return anchor.zone().getId() + " from " + anchor.origin();
    }

    public static AuditState of(FeatureOverride override) {
        return new Writer()
                .put("feature", override.feature())
                .put("limit", override.limit())
                .put(
                        "period",
                        override.period() == null ? null : override.period().code())
                .put(
                        "thresholds",
                        override.thresholds() == null
                                ? null
                                : override.thresholds().percents())
                .put("overage", override.overage())
                .put("failurePolicy", override.failurePolicy())
                .put("expiresAt", override.expiresAt())
                .state();
    }

    public static AuditState of(GrantBalance balance) {
        Grant grant = balance.grant();
        return new Writer()
                .put("id", grant.id())
                .put("feature", grant.feature())
                .put("amount", grant.amount())
                .put("priority", grant.priority())
                .put("effectiveAt", grant.effectiveAt())
                .put("expiresAt", grant.expiresAt())
                .put("source", grant.source())
                .put("left", balance.left())
                .put("voidedAt", balance.voidedAt())
                .state();
    }

    /** Returns a subject's membership of a pool. */
    public static AuditState ofMembership(String pool) {
        return new Writer().put("pool", pool).state();
    }

    /** Returns the choice of default plan. */
    public static AuditState ofDefaultPlan(String plan) {
        return new Writer().put("plan", plan).state();
    }

    /** Returns one counter, before or after a repair (R42). */
    public static AuditState ofCounter(String feature, Window window, long used) {
        return new Writer()
                .put("feature", feature)
                .put("windowStart", window.start())
                .put("windowEnd", window.end())
                .put("used", used)
                .state();
    }

    /** Returns every field that differs, by path; a null state has none. */
    public static List<Difference> differences(@Nullable AuditState before, @Nullable AuditState after) {
        Map<String, String> old = before == null ? Map.of() : before.fields;
        Map<String, String> now = after == null ? Map.of() : after.fields;
        TreeSet<String> paths = new TreeSet<>(old.keySet());
        paths.addAll(now.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String path : paths) {
            String left = old.get(path);
            String right = now.get(path);
            if (left == null || !left.equals(right)) {
                differences.add(new Difference(path, left, right));
            }
        }
        return differences;
    }

    /** Collects what is set. */
    private static final class Writer {
        private final Map<String, String> fields = new LinkedHashMap<>();

        Writer put(String path, @Nullable Object value) {
            if (value != null) {
                fields.put(path, value.toString());
            }
            return this;
        }

        AuditState state() {
            return new AuditState(fields);
        }
    }
}
