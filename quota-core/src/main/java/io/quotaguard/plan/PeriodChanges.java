package io.quotaguard.plan;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Edits that would take a feature back to a reset period it had before, while windows of that time may still be open: what
 * was used in between would not count in them, and the window that was left would open again (R17).
 */
final class PeriodChanges {
    /** Calendar windows of one period differ in length: months have 28 to 31 days, local days 23 to 25 hours. */
    private static final Duration DIFFERENCE = Duration.ofDays(4);

    private static final Duration ONE_DAY = Duration.ofDays(1);

    private PeriodChanges() {}

    static void requireNoneReopens(Plan edited, CatalogAccess access, Deadline deadline) {
        Optional<Plan> current = access.catalog().plan(edited.code(), deadline);
        boolean changes = current.isPresent()
                && edited.features().values().stream().anyMatch(terms -> changes(terms, current.get()));
        if (!changes) {
            return;
        }
        List<PlanVersion> versions = access.catalog().versions(edited.code(), deadline);
        for (PlanFeature terms : edited.features().values()) {
            if (changes(terms, current.get())) {
                requireClosed(terms, versions, access.now());
            }
        }
    }

    private static boolean changes(PlanFeature terms, Plan current) {
        return current.feature(terms.feature())
                .filter(before -> !before.period().equals(terms.period()))
                .isPresent();
    }

    private static void requireClosed(PlanFeature terms, List<PlanVersion> versions, Instant now) {
        for (int i = versions.size() - 2; i >= 0; i--) {
            boolean had = versions.get(i)
                    .plan()
                    .feature(terms.feature())
                    .filter(then -> then.period().equals(terms.period()))
                    .isPresent();
            if (had) {
                Instant left = versions.get(i + 1).savedAt();
                Optional<Instant> closed = closedBy(terms.period(), left);
                if (closed.isEmpty() || now.isBefore(closed.get())) {
                    throw InvalidQuotaArgumentException.of(
                            "R17",
                            "reset period of " + InvalidQuotaArgumentException.escape(terms.feature()),
                            terms.period().code(),
                            "was left at " + left + ", and a window of that time would open again; it may come back "
                                    + closed.map(instant -> "from " + instant + " on")
                                            .orElse("under another feature or plan only"));
                }
                return;
            }
        }
    }

    /** Returns from when on every window that was open at {@code left} has ended, whatever its zone and anchor. */
    private static Optional<Instant> closedBy(ResetPeriod period, Instant left) {
        Window window = period.windowAt(left, Anchor.DEFAULT);
        return window.resetsAt()
                .map(end -> Duration.between(window.start(), end))
                .map(length -> left.plus(length).plus(length.compareTo(ONE_DAY) < 0 ? Duration.ZERO : DIFFERENCE));
    }
}
