package io.quotaguard.memory;

import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.OverrideQuery;
import io.quotaguard.model.Subscription;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import io.quotaguard.spi.SubjectUsage.OpenCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads over many subjects: who has a plan, who has an override, and what they have used. Thread-safe. */
final class CatalogReads {
    private static final Comparator<FeatureOverride> BY_SUBJECT =
            Comparator.comparing(FeatureOverride::subject).thenComparing(FeatureOverride::feature);

    private final StoreParts parts;

    CatalogReads(StoreParts parts) {
        this.parts = parts;
    }

    SubjectUsage usage(String subject, Deadline deadline) {
        Instant now = parts.clock().instant();
        List<OpenCounter> counters = new ArrayList<>();
        Set<Owner> owners = parts.meters().ownersOf(subject);
        for (Owner owner : owners) {
            Meter meter = parts.meters().lock(owner, deadline, null);
            try {
                for (WindowCounter counter : meter.counters()) {
                    if (!counter.endedBy(now)) {
                        counters.add(new OpenCounter(
                                owner.feature(),
                                counter.window(),
                                counter.totals(),
                                Set.copyOf(counter.latch().fired())));
                    }
                }
            } finally {
                parts.meters().release(meter);
            }
        }
        return new SubjectUsage(parts.catalog().load(subject), counters);
    }

    /** Each page goes over all subjects once: no index is kept for what only a preview asks. */
    List<SubjectUsage> subscribers(String plan, @Nullable String after, int max, Deadline deadline) {
        TreeSet<String> first = new TreeSet<>();
        Set<String> codes = parts.catalog().leadingTo(plan);
        for (Map.Entry<String, SubjectEntries> entry : parts.catalog().subjects()) {
            Subscription subscription = entry.getValue().subscription();
            if (subscription != null && codes.stream().anyMatch(subscription::names)) {
                keep(entry.getKey(), after, max, first);
            }
        }
        String byDefault = parts.catalog().defaultPlan().plan();
        if (byDefault != null && codes.contains(byDefault)) {
            for (Owner owner : parts.meters().owners()) {
                boolean served = parts.catalog().entries(owner.subject()).subscription() == null;
                if (served && hasOpen(owner, deadline)) {
                    keep(owner.subject(), after, max, first);
                }
            }
        }
        return first.stream().map(subject -> usage(subject, deadline)).toList();
    }

    private boolean hasOpen(Owner owner, Deadline deadline) {
        Instant now = parts.clock().instant();
        Meter meter = parts.meters().lock(owner, deadline, null);
        try {
            return meter.counters().stream().anyMatch(counter -> !counter.endedBy(now));
        } finally {
            parts.meters().release(meter);
        }
    }

    private static void keep(String subject, @Nullable String after, int max, NavigableSet<String> first) {
        if (after == null || subject.compareTo(after) > 0) {
            first.add(subject);
            if (first.size() > max) {
                first.pollLast();
            }
        }
    }

    List<GrantBalance> grants(String subject, @Nullable String feature, Deadline deadline) {
        List<GrantBalance> grants = new ArrayList<>();
        for (String owned : parts.catalog().entries(subject).everGranted()) {
            if (feature == null || feature.equals(owned)) {
                Meter meter = parts.meters().lock(new Owner(subject, owned), deadline, null);
                try {
                    meter.grants().forEach(grant -> grants.add(grant.balance()));
                } finally {
                    parts.meters().release(meter);
                }
            }
        }
        grants.sort(Comparator.comparingLong(balance -> balance.grant().id()));
        return grants;
    }

    List<String> members(String pool, @Nullable String after, int max) {
        TreeSet<String> first = new TreeSet<>();
        for (Map.Entry<String, SubjectEntries> entry : parts.catalog().subjects()) {
            if (pool.equals(entry.getValue().pool())) {
                keep(entry.getKey(), after, max, first);
            }
        }
        return List.copyOf(first);
    }

    List<FeatureOverride> overrides(OverrideQuery query) {
        TreeSet<FeatureOverride> first = new TreeSet<>(BY_SUBJECT);
        for (Map.Entry<String, SubjectEntries> entry : parts.catalog().subjects()) {
            for (FeatureOverride override : entry.getValue().overrides().values()) {
                boolean asked = query.feature() == null || query.feature().equals(override.feature());
                if (asked && (query.after() == null || BY_SUBJECT.compare(override, query.after()) > 0)) {
                    first.add(override);
                    if (first.size() > query.pageSize()) {
                        first.pollLast();
                    }
                }
            }
        }
        return List.copyOf(first);
    }
}
