package io.quotaguard.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A named set of features with their limits, as sold. Immutable; an edit makes a new version (R23).
 *
 * @param code the plan's name, unique among plans
 * @param version 1 for the first version, one more with each edit; 0 for a plan that no store has taken yet
 * @param displayName what people are shown
 * @param active whether subscribers may use it; an inactive plan refuses with its own reason (R4)
 * @param features the features by name, in the order they were declared
 */
public record Plan(String code, long version, String displayName, boolean active, Map<String, PlanFeature> features) {
    public Plan {
        Names.requirePlan(code);
        Names.require("display name", displayName);
        InvalidQuotaArgumentException.required("features", features);
        features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
        features.forEach((name, terms) -> {
            InvalidQuotaArgumentException.required("terms of a feature", terms);
            if (!name.equals(terms.feature())) {
                throw InvalidQuotaArgumentException.of("R46", "feature", name, "is filed under another name");
            }
        });
    }

    /** Starts a plan with the code {@code code}. */
    public static Builder named(String code) {
        return new Builder(code);
    }

    /** Returns the terms for {@code feature}, empty when the plan does not have it. */
    public Optional<PlanFeature> feature(String feature) {
        return Optional.ofNullable(features.get(feature));
    }

    public Plan withVersion(long version) {
        return new Plan(code, version, displayName, active, features);
    }

    public Plan withActive(boolean active) {
        return new Plan(code, version, displayName, active, features);
    }

    /** Collects a plan's features. Not thread-safe. */
    public static final class Builder {
        private final String code;
        private final Map<String, PlanFeature> features = new LinkedHashMap<>();
        private String displayName;
        private boolean active = true;

        private Builder(String code) {
            this.code = Names.requirePlan(code);
            this.displayName = code;
        }

        public Builder displayName(String displayName) {
            this.displayName = displayName;
            return this;
        }

        public Builder inactive() {
            this.active = false;
            return this;
        }

        /** Adds a feature of {@code units} a period, −1 for unlimited, with alerts at 80, 95 and 100 %. */
        public Builder limit(String feature, long units, ResetPeriod period) {
            return feature(PlanFeature.of(feature, Limit.of(units), period));
        }

        /** Adds a feature without a limit; its use is still counted per period. */
        public Builder unlimited(String feature, ResetPeriod period) {
            return feature(PlanFeature.of(feature, Limit.unlimited(), period));
        }

        /**
         * Adds a feature with terms of its own.
         *
         * @throws InvalidQuotaArgumentException when the plan has the feature already
         */
        public Builder feature(PlanFeature terms) {
            InvalidQuotaArgumentException.required("terms of a feature", terms);
            if (features.putIfAbsent(terms.feature(), terms) != null) {
                throw InvalidQuotaArgumentException.of("R46", "feature", terms.feature(), "is in the plan twice");
            }
            return this;
        }

        /** Returns the plan, not yet known to any store. */
        public Plan build() {
            return new Plan(code, 0, displayName, active, features);
        }
    }
}
