package io.quotaguard.plan;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Window;
import io.quotaguard.plan.Preview.Impact;
import io.quotaguard.spi.SubjectUsage;
import io.quotaguard.spi.SubjectUsage.OpenCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers a preview, subject by subject. Not thread-safe. */
final class Impacts {
    private final Instant now;
    private final TreeMap<Integer, Long> fires = new TreeMap<>();
    private final TreeMap<Integer, Long> rearms = new TreeMap<>();
    private final List<Impact> listed = new ArrayList<>();
    private long subjects;
    private long overLimit;

    Impacts(Instant now) {
        this.now = now;
    }

    Preview preview() {
        return new Preview(subjects, overLimit, fires, rearms, listed);
    }

    /**
     * Adds one subject.
     *
     * @param found what it may do and has used
     * @param after what the change makes of its catalog
     * @param listAll whether features are listed whose limit nothing has been used of
     */
    void add(SubjectUsage found, SubjectCatalog after, boolean listAll) {
        subjects++;
        boolean over = false;
        TreeSet<String> features = new TreeSet<>(found.catalog().features());
        features.addAll(after.features());
        for (String feature : features) {
            Impact impact = impact(found, after, feature);
            if (sameTerms(impact.before(), impact.after())) {
                continue;
            }
            over |= impact.overLimit();
            impact.fires().forEach(threshold -> fires.merge(threshold, 1L, Long::sum));
            impact.rearms().forEach(threshold -> rearms.merge(threshold, 1L, Long::sum));
            boolean matters = impact.overLimit()
                    || !impact.fires().isEmpty()
                    || !impact.rearms().isEmpty();
            if ((listAll || matters) && listed.size() < Preview.MAX_IMPACTS) {
                listed.add(impact);
            }
        }
        overLimit += over ? 1 : 0;
    }

    private Impact impact(SubjectUsage found, SubjectCatalog after, String feature) {
        Entitlement before = EntitlementResolver.resolve(found.catalog(), feature, now);
        Entitlement next = EntitlementResolver.resolve(after, feature, now);
        Instant at = now;
        Instant until = next.validUntil();
        if (sameTerms(before, next) && until != null) {
            // What starts at the window's end says nothing yet about now.
            at = until;
            next = EntitlementResolver.resolve(after, feature, until);
        }
        Cadence cadence = after.subscription() == null
                ? Cadence.DEFAULT
                : after.subscription().cadence();
        Window window = cadence.windowAt(next.period(), at);
        OpenCounter counter = found.counters().stream()
                .filter(open -> open.feature().equals(feature) && open.window().equals(window))
                .findFirst()
                .orElse(new OpenCounter(feature, window, Counter.ZERO, Set.of()));
        return new Impact(
                found.catalog().subject(),
                feature,
                at,
                before,
                next,
                counter.counter(),
                firing(next, counter),
                rearming(next, counter));
    }

    private static List<Integer> firing(Entitlement terms, OpenCounter counter) {
        return terms.thresholds().percents().stream()
                .filter(percent -> !counter.fired().contains(percent))
                .filter(percent -> terms.limit().reached(counter.counter().used(), percent))
                .toList();
    }

    private static List<Integer> rearming(Entitlement terms, OpenCounter counter) {
        return counter.fired().stream()
                .filter(percent -> !terms.limit().reached(counter.counter().used(), percent))
                .sorted()
                .toList();
    }

    private static boolean sameTerms(Entitlement left, Entitlement right) {
        return left.standing() == right.standing()
                && left.limit().equals(right.limit())
                && left.period().equals(right.period())
                && left.thresholds().equals(right.thresholds())
                && left.overage().equals(right.overage());
    }
}
