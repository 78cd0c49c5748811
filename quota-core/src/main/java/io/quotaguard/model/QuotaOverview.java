package io.quotaguard.model;

import java.util.List;
import java.util.Optional;

/**
 * What a subject may use and has used, over all features of its plan, as of one read. Immutable.
 *
 * @param subject whose
 * @param features one entry per feature of the plan in force, by name; empty when there is no active plan
 */
public record QuotaOverview(String subject, List<FeatureUsage> features) {
    public QuotaOverview {
        features = List.copyOf(features);
    }

    /** Returns the entry of {@code feature}. */
    public Optional<FeatureUsage> feature(String feature) {
        return features.stream()
                .filter(entry -> entry.feature().equals(feature))
                .findFirst();
    }
}
