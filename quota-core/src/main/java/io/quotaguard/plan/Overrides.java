package io.quotaguard.plan;

import io.quotaguard.model.Cadence;
import io.quotaguard.model.Change;
import io.quotaguard.model.Entitlement;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogCommand.SaveOverride;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.SubjectUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets and removes overrides (R24). Thread-safe. */
final class Overrides {
    private final CatalogAccess access;

    Overrides(CatalogAccess access) {
        this.access = access;
    }

    /** A null override removes the one there is. */
    void save(String subject, String feature, @Nullable FeatureOverride override, Change change) {
        Probe probe = new Probe(change);
        access.applyFresh(access.deadline(), (now, deadline) -> {
            SubjectCatalog found = access.load(subject, deadline);
            SubjectCatalog after = with(found, feature, override);
            List<Line> realign = probe.orElse(
                    () -> {
                        requireNoneReopens(found, after, feature, now, deadline);
                        return Realignment.lines(after, now);
                    },
                    List::of);
            long expected = probe.isUnderWay() ? Probe.NO_REVISION : found.revision();
            return new SaveOverride(subject, feature, override, expected, realign, change);
        });
        access.entitlements().forget(subject);
    }

    static SubjectCatalog with(SubjectCatalog found, String feature, @Nullable FeatureOverride override) {
        List<FeatureOverride> changed = new ArrayList<>(found.overrides());
        changed.removeIf(other -> other.feature().equals(feature));
        if (override != null) {
            changed.add(override);
        }
        return found.withOverrides(changed);
    }

    /**
     * A change of reset period begins a window of its own, and may come back later; but not into a window that was used
     * before the change, since what was used in between would not count there (R17, R22).
     */
    private void requireNoneReopens(
            SubjectCatalog found, SubjectCatalog after, String feature, Instant now, Deadline deadline) {
        Entitlement before = EntitlementResolver.resolve(found, feature, now);
        Entitlement next = EntitlementResolver.resolve(after, feature, now);
        boolean changes =
                before.standing() == Standing.GRANTED && !before.period().equals(next.period());
        Instant end = next.validUntil();
        Entitlement later = end == null ? next : EntitlementResolver.resolve(after, feature, end);
        // An override of the same period may end where the one before it did not.
        boolean changesThen = end != null
                && !EntitlementResolver.resolve(found, feature, end).period().equals(later.period());
        if (!changes && !changesThen) {
            return;
        }
        Cadence cadence = cadence(found.subscription());
        List<SubjectUsage.OpenCounter> counters =
                access.catalog().usage(found.subject(), deadline).counters();
        if (changes) {
            requireUnused(feature, next.period(), cadence.windowAt(next.period(), now), counters);
        }
        if (end != null
                && later.standing() == Standing.GRANTED
                && !later.period().equals(next.period())) {
            Window then = cadence.windowAt(later.period(), end);
            if (!then.start().isAfter(now)) {
                requireUnused(feature, later.period(), then, counters);
            }
        }
    }

    private static Cadence cadence(@Nullable Subscription subscription) {
        return subscription == null ? Cadence.DEFAULT : subscription.cadence();
    }

    private static void requireUnused(
            String feature, ResetPeriod period, Window window, List<SubjectUsage.OpenCounter> counters) {
        for (SubjectUsage.OpenCounter counter : counters) {
            boolean used = counter.counter().taken() > 0;
            if (used && counter.feature().equals(feature) && counter.window().equals(window)) {
                throw InvalidQuotaArgumentException.of(
                        "R17",
                        "reset period of " + InvalidQuotaArgumentException.escape(feature),
                        period.code(),
                        "would come back into the window since " + window.start()
                                + ", which was used before the period changed; end the override with that window, or later");
            }
        }
    }
}
