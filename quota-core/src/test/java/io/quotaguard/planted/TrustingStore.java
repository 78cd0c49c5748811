package io.quotaguard.planted;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Terms;
import java.util.List;

/** Bug: it takes the caller's limit for the one in force, whatever became of the plan since it was resolved. */
final class TrustingStore extends RewritingStore {
    TrustingStore(QuotaStore inner) {
        super(inner);
    }

    @Override
    Outcome execute(Command command, Deadline deadline) {
        while (true) {
            List<Line> lines = command.lines().stream()
                    .map(line -> new Line(line.subject(), line.feature(), line.amount(), renewed(line, deadline)))
                    .toList();
            Command renewed = new Command(command.operation(), command.key(), lines, command.metadata());
            Outcome outcome = rightly(renewed, deadline);
            boolean noticed = outcome instanceof Outcome.Stale stale && stale.cause() == Outcome.Stale.Cause.CATALOG;
            if (!noticed) {
                return outcome;
            }
            // The plan moved between the look and the step: the bug does not care.
        }
    }

    private Terms renewed(Line line, Deadline deadline) {
        SubjectCatalog now = catalog().load(line.subject(), deadline);
        Terms old = line.terms();
        CatalogVersion was = old.version();
        String code = was.planCode();
        long plan = code == null
                ? 0
                : catalog().plan(code, deadline).map(found -> found.version()).orElse(0L);
        long byDefault = was.defaultPlan() == CatalogVersion.NOT_USED
                ? was.defaultPlan()
                : now.defaultPlan().revision();
        return new Terms(
                old.standing(),
                old.limit(),
                old.ceiling(),
                old.thresholds(),
                old.source(),
                old.window(),
                old.validFrom(),
                old.validUntil(),
                new CatalogVersion(now.revision(), code, plan, byDefault));
    }
}
