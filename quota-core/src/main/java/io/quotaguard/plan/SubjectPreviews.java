package io.quotaguard.plan;

import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Subscription.Start;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Works out what a change would do to one subject. Thread-safe. */
final class SubjectPreviews {
    private final CatalogAccess access;
    private final SubscriptionSteps steps;

    SubjectPreviews(CatalogAccess access) {
        this.access = access;
        this.steps = new SubscriptionSteps(access);
    }

    Preview move(String subject, String plan, @Nullable Start start) {
        Deadline deadline = access.deadline();
        SubjectUsage found = access.catalog().usage(subject, deadline);
        Instant now = access.now();
        SubscriptionSteps.Move move = new SubscriptionSteps.Move(plan, null, start);
        return preview(found, steps.moved(found.catalog(), move, now, deadline).after(), now);
    }

    Preview override(FeatureOverride override) {
        SubjectUsage found = access.catalog().usage(override.subject(), access.deadline());
        SubjectCatalog after = Overrides.with(found.catalog(), override.feature(), override);
        return preview(found, after, access.now());
    }

    private static Preview preview(SubjectUsage found, SubjectCatalog after, Instant now) {
        Impacts impacts = new Impacts(now);
        impacts.add(found, after, true);
        return impacts.preview();
    }
}
