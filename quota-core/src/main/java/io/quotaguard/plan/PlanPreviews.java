package io.quotaguard.plan;

import io.quotaguard.model.Plan;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.SubjectUsage;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Works out what a plan's change would do to everyone who has it, a page of subjects at a time. Thread-safe. */
final class PlanPreviews {
    private static final int PAGE = 500;

    private final CatalogAccess access;

    PlanPreviews(CatalogAccess access) {
        this.access = access;
    }

    Preview edit(Plan edited, Deadline deadline) {
        return everyone(edited.code(), catalog -> catalog.withEdited(edited), deadline);
    }

    Preview replacement(String code, String replacement, Deadline deadline) {
        List<Plan> named = access.planAndReplacements(replacement, deadline);
        Plan ended = access.planAndReplacements(code, deadline)
                .get(0)
                .withStatus(Plan.Status.DELETED)
                .withFallback(replacement);
        return everyone(code, catalog -> catalog.knowing(named, null).withEdited(ended), deadline);
    }

    private Preview everyone(String code, UnaryOperator<SubjectCatalog> change, Deadline deadline) {
        Impacts impacts = new Impacts(access.now());
        @Nullable String last = null;
        List<SubjectUsage> page;
        do {
            page = access.catalog().subscribers(code, last, PAGE, deadline);
            for (SubjectUsage found : page) {
                impacts.add(found, change.apply(found.catalog()), false);
                last = found.catalog().subject();
            }
        } while (page.size() == PAGE);
        return impacts.preview();
    }
}
