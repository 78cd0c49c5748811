package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * Which overrides to read: by subject, then feature, a page at a time. Immutable; each method returns a changed copy.
 *
 * @param feature of one feature, or null for all
 * @param after only what comes after this override: the last of the page before; null for the first page
 * @param pageSize the most overrides, 1 … 1,000
 */
public record OverrideQuery(
        @Nullable String feature, @Nullable FeatureOverride after, int pageSize) {
    public OverrideQuery {
        if (feature != null) {
            Names.requireFeature(feature);
        }
        if (pageSize < 1 || pageSize > UsageQuery.MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "page size", pageSize, "is not in 1 … " + UsageQuery.MAX_PAGE_SIZE);
        }
    }

    /** Returns the query for the first 100 overrides of anybody. */
    public static OverrideQuery all() {
        return new OverrideQuery(null, null, 100);
    }

    public OverrideQuery feature(String feature) {
        return new OverrideQuery(feature, after, pageSize);
    }

    public OverrideQuery after(FeatureOverride last) {
        return new OverrideQuery(feature, last, pageSize);
    }

    public OverrideQuery pageSize(int pageSize) {
        return new OverrideQuery(feature, after, pageSize);
    }
}
