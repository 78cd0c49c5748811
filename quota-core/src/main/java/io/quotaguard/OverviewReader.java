package io.quotaguard;

import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Verdict;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.plan.Entitlements.Resolved;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads all of a subject's counters in one round trip, verified like any decision (R25). Thread-safe. */
final class OverviewReader {
    private final QuotaStore store;
    private final Entitlements entitlements;

    OverviewReader(QuotaStore store, Entitlements entitlements) {
        this.store = store;
        this.entitlements = entitlements;
    }

    QuotaOverview read(String subject, Deadline deadline) {
        Instant at = store.clock().instant();
        while (true) {
            List<Command> reads = reads(subject, at, deadline);
            if (reads.isEmpty()) {
                // With no command there is nothing for the store to verify, so only a fresh read can tell.
                entitlements.forget(subject);
                reads = reads(subject, at, deadline);
            }
            List<Outcome> outcomes = reads.isEmpty() ? List.of() : store.execute(reads, deadline);
            List<FeatureUsage> features = new ArrayList<>();
            Outcome.Stale stale = null;
            for (Outcome outcome : outcomes) {
                if (outcome instanceof Outcome.Stale found) {
                    stale = found;
                } else {
                    features.add(usage(outcome));
                }
            }
            if (stale == null) {
                return new QuotaOverview(subject, features);
            }
            if (deadline.hasPassed()) {
                throw unavailable(null);
            }
            at = stale.storeTime();
            entitlements.forget(subject);
        }
    }

    /** A plan of a hundred features is a hundred commands, but still one round trip. */
    private List<Command> reads(String subject, Instant at, Deadline deadline) {
        SubjectCatalog catalog = entitlements.catalogOf(subject, deadline);
        List<Command> reads = new ArrayList<>();
        for (String feature : catalog.features()) {
            Resolved resolved = entitlements.resolve(subject, feature, at, deadline);
            if (resolved.entitlement().standing() == Standing.GRANTED) {
                // Of nothing, so that a counter at the largest sum of all can be read too (R6).
                Line line = new Line(subject, feature, 0, resolved.terms());
                reads.add(new Command(Operation.CHECK, KeyGenerator.next(), List.of(line), Map.of()));
            }
        }
        return reads;
    }

    private FeatureUsage usage(Outcome outcome) {
        Verdict verdict;
        if (outcome instanceof Outcome.Accepted accepted) {
            verdict = accepted.verdicts().get(0);
        } else if (outcome instanceof Outcome.Refused refused) {
            verdict = refused.verdicts().get(0);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            throw rejected.failure();
        } else if (outcome instanceof Outcome.Unavailable unavailable) {
            throw unavailable.failure();
        } else {
            throw unavailable(outcome instanceof Outcome.Unknown unknown ? unknown.cause() : null);
        }
        if (verdict.window() == null) {
            throw new IllegalStateException("store " + store.name() + " gave a granted line no window");
        }
        return new FeatureUsage(
                verdict.feature(), verdict.limit(), verdict.counter(), verdict.window(), verdict.source());
    }

    private QuotaUnavailableException unavailable(@Nullable Throwable cause) {
        return new QuotaUnavailableException(
                "store " + store.name() + " did not answer before the deadline; nothing was changed (R45)",
                cause,
                null,
                store.name());
    }
}
