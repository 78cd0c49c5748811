package io.quotaguard.memory;

import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Subscription;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one subject has of its own. Immutable; each change moves the revision.
 *
 * @param revision counts its changes
 * @param subscription its subscription, or null
 * @param overrides by feature
 * @param pool the subject to whose pool it belongs, or null
 * @param granted the features of which it has grants that were not voided
 * @param everGranted the features of which it ever had grants
 */
record SubjectEntries(
        long revision,
        @Nullable Subscription subscription,
        Map<String, FeatureOverride> overrides,
        @Nullable String pool,
        Set<String> granted,
        Set<String> everGranted) {
    static final SubjectEntries NONE = new SubjectEntries(0, null, Map.of(), null, Set.of(), Set.of());

    SubjectEntries withSubscription(Subscription changed) {
        return new SubjectEntries(revision + 1, changed, overrides, pool, granted, everGranted);
    }

    SubjectEntries withOverride(String feature, @Nullable FeatureOverride changed) {
        Map<String, FeatureOverride> more = new LinkedHashMap<>(overrides);
        if (changed == null) {
            more.remove(feature);
        } else {
            more.put(feature, changed);
        }
        return new SubjectEntries(revision + 1, subscription, more, pool, granted, everGranted);
    }

    SubjectEntries withPool(@Nullable String changed) {
        return new SubjectEntries(revision + 1, subscription, overrides, changed, granted, everGranted);
    }

    SubjectEntries withGrants(String feature, boolean anyLeft) {
        Set<String> now = new TreeSet<>(granted);
        Set<String> ever = new TreeSet<>(everGranted);
        ever.add(feature);
        if (anyLeft) {
            now.add(feature);
        } else {
            now.remove(feature);
        }
        return new SubjectEntries(revision + 1, subscription, overrides, pool, Set.copyOf(now), Set.copyOf(ever));
    }
}
