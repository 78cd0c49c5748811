package io.quotaguard.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A named set of features with their limits, as sold. Immutable; an edit makes a new version (R23).
 *
 * @param code the plan's name, unique among plans for good: a deleted plan's code is not given again
 * @param version 1 for the first version, one more with each edit; 0 for a plan that no store has taken yet
 * @param status whether subscribers may use it
 * @param offer how it is presented and sold
 * @param fallback the plan that takes over when a subscription to this one ends, or when this one is deleted; null for
 *     the default plan
 * @param features the features by name, in the order they were declared
 */
public record Plan(
        String code,
        long version,
        Status status,
        Offer offer,
        @Nullable String fallback,
        Map<String, PlanFeature> features) {
    public Plan {
        Names.requirePlan(code);
        InvalidQuotaArgumentException.required("status", status);
        InvalidQuotaArgumentException.required("offer", offer);
        if (fallback != null && Names.require("fallback plan", fallback).equals(code)) {
            throw InvalidQuotaArgumentException.of("R4", "fallback plan", fallback, "is the plan itself");
        }
        InvalidQuotaArgumentException.required("features", features);
        Map<String, PlanFeature> copy = Collections.unmodifiableMap(new LinkedHashMap<>(features));
        features = copy;
        copy.forEach((name, terms) -> {
            InvalidQuotaArgumentException.required("terms of a feature", terms);
            if (!name.equals(terms.feature())) {
                throw InvalidQuotaArgumentException.of("R46", "feature", name, "is filed under another name");
            }
            requireCredits(
                    terms, copy.get(terms.draw() == null ? name : terms.draw().credits()));
        });
    }

    private static void requireCredits(PlanFeature terms, @Nullable PlanFeature credits) {
        Draw draw = terms.draw();
        if (draw != null && (credits == null || credits.draw() != null)) {
            throw InvalidQuotaArgumentException.of(
                    "R40",
                    "credit feature " + InvalidQuotaArgumentException.escape(draw.credits()) + " of feature",
                    terms.feature(),
                    credits == null ? "is not in the plan" : "draws from another itself");
        }
    }

    /** Whether a plan may be used. */
    public enum Status {
        ACTIVE,
        /** Refuses every use with its own reason (R4), until it is active again. */
        INACTIVE,
        /** Gone for good; whoever still names it has its fallback instead. */
        DELETED
    }

    /** Starts a plan with the code {@code code}. */
    public static Builder named(String code) {
        return new Builder(Names.requirePlan(code));
    }

    /** Starts an edited copy of this plan, for {@code plans().update}: it names this version as the one that was read. */
    public Builder edit() {
        Builder copy = new Builder(code);
        copy.version = version;
        copy.status = status;
        copy.offer = offer;
        copy.fallback = fallback;
        copy.features.putAll(features);
        return copy;
    }

    /** Returns the terms for {@code feature}, empty when the plan does not have it. */
    public Optional<PlanFeature> feature(String feature) {
        return Optional.ofNullable(features.get(feature));
    }

    public String displayName() {
        return offer.displayName();
    }

    public boolean active() {
        return status == Status.ACTIVE;
    }

    public boolean deleted() {
        return status == Status.DELETED;
    }

    public Plan withVersion(long version) {
        return new Plan(code, version, status, offer, fallback, features);
    }

    public Plan withActive(boolean active) {
        return withStatus(active ? Status.ACTIVE : Status.INACTIVE);
    }

    public Plan withStatus(Status status) {
        return new Plan(code, version, status, offer, fallback, features);
    }

    public Plan withFallback(@Nullable String fallback) {
        return new Plan(code, version, status, offer, fallback, features);
    }

    /** Collects what a plan says. Not thread-safe. */
    public static final class Builder {
        private final String code;
        private final Map<String, PlanFeature> features = new LinkedHashMap<>();
        private long version;
        private Status status = Status.ACTIVE;
        private Offer offer;

        private @Nullable String fallback;

        private Builder(String code) {
            this.code = code;
            this.offer = Offer.named(code);
        }

        public Builder displayName(String displayName) {
            offer = new Offer(
                    displayName, offer.description(), offer.price(), offer.billingCycle(), offer.displayOrder());
            return this;
        }

        public Builder description(@Nullable String description) {
            offer = new Offer(
                    offer.displayName(), description, offer.price(), offer.billingCycle(), offer.displayOrder());
            return this;
        }

        /** Sets what one billing cycle costs: {@code price("9.90", "EUR", BillingCycle.MONTHLY)}. */
        public Builder price(String amount, String currencyCode, BillingCycle cycle) {
            InvalidQuotaArgumentException.required("billing cycle", cycle);
            offer = new Offer(
                    offer.displayName(),
                    offer.description(),
                    Price.of(amount, currencyCode),
                    cycle,
                    offer.displayOrder());
            return this;
        }

        public Builder displayOrder(int displayOrder) {
            offer = new Offer(
                    offer.displayName(), offer.description(), offer.price(), offer.billingCycle(), displayOrder);
            return this;
        }

        /** Sets all that is said to buyers at once. */
        public Builder offer(Offer offer) {
            this.offer = InvalidQuotaArgumentException.required("offer", offer);
            return this;
        }

        public Builder inactive() {
            this.status = Status.INACTIVE;
            return this;
        }

        public Builder active() {
            this.status = Status.ACTIVE;
            return this;
        }

        /** Sets the plan that takes over when a subscription to this one ends; null for the default plan. */
        public Builder fallback(@Nullable String plan) {
            this.fallback = plan;
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

        /** Puts other terms in the place of a feature's present ones, or adds the feature. */
        public Builder replace(PlanFeature terms) {
            features.put(
                    InvalidQuotaArgumentException.required("terms of a feature", terms)
                            .feature(),
                    terms);
            return this;
        }

        /** Takes a feature out of the plan. */
        public Builder without(String feature) {
            features.remove(Names.requireFeature(feature));
            return this;
        }

        /** Returns the plan, not yet known to any store. */
        public Plan build() {
            return new Plan(code, version, status, offer, fallback, features);
        }
    }
}
