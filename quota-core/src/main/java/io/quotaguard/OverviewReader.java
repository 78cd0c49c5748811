package io.quotaguard;

import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Verdict;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads all of a subject's counters in one round trip, verified like any decision (R25). Grants and shares, where there are
 * any, take one more each. Thread-safe.
 */
final class OverviewReader {
    private final QuotaStore store;
    private final Entitlements entitlements;
    private final CallRunner runner;

    OverviewReader(QuotaStore store, Entitlements entitlements, CallRunner runner) {
        this.store = store;
        this.entitlements = entitlements;
        this.runner = runner;
    }

    QuotaOverview read(String subject, Deadline deadline) {
        Set<String> features = entitlements.featuresOf(subject, deadline);
        while (true) {
            List<Charge> looks = looks(subject, features, deadline);
            if (looks.isEmpty()) {
                // With no command there is nothing for the store to verify, so only a fresh read can tell.
                entitlements.forgetWithPools(subject);
                looks = looks(subject, entitlements.featuresOf(subject, deadline), deadline);
            }
            List<FeatureUsage> usages = usages(runner.runEach(looks, deadline), grants(subject, deadline));
            // What was read may have told of a change that brought more features, or fewer.
            Set<String> now = entitlements.featuresOf(subject, deadline);
            if (now.equals(features) || deadline.hasPassed()) {
                return new QuotaOverview(subject, usages);
            }
            features = now;
        }
    }

    private List<GrantBalance> grants(String subject, Deadline deadline) {
        return entitlements.catalogOf(subject, deadline).granted().isEmpty()
                ? List.of()
                : store.catalog().grants(subject, null, deadline);
    }

    private static List<FeatureUsage> usages(List<CallRun> runs, List<GrantBalance> grants) {
        List<FeatureUsage> usages = new ArrayList<>();
        for (CallRun run : runs) {
            List<Verdict> verdicts = run.answer().decision().verdicts();
            Verdict own = run.answer().decision().use();
            if (own.window() != null) {
                usages.add(new FeatureUsage(
                        own.feature(),
                        own.limit(),
                        own.counter(),
                        own.window(),
                        own.source(),
                        grants.stream()
                                .filter(grant -> grant.grant().feature().equals(own.feature()))
                                .filter(grant -> grant.voidedAt() == null)
                                .toList(),
                        verdicts.stream()
                                .filter(verdict -> verdict.origin() != null)
                                .toList()));
            }
        }
        return usages;
    }

    PoolOverview readPool(String pool, Deadline deadline) {
        QuotaOverview overview = read(pool, deadline);
        Map<String, List<PoolShare>> shares = new HashMap<>();
        for (FeatureUsage feature : overview.features()) {
            shares.put(
                    feature.feature(),
                    store.ledger()
                            .shares(pool, feature.feature(), feature.window(), PoolOverview.MAX_MEMBERS, deadline));
        }
        List<String> members = store.catalog().members(pool, null, PoolOverview.MAX_MEMBERS, deadline);
        return new PoolOverview(overview, members, shares);
    }

    /** A plan of a hundred features is a hundred commands, but still one round trip. */
    private List<Charge> looks(String subject, Set<String> features, Deadline deadline) {
        Instant at = store.clock().instant();
        List<Charge> looks = new ArrayList<>();
        for (String feature : features) {
            Standing standing = entitlements
                    .resolve(subject, feature, 0, at, deadline)
                    .lines()
                    .get(0)
                    .terms()
                    .standing();
            if (standing == Standing.GRANTED) {
                looks.add(Charge.look(subject, feature));
            }
        }
        return looks;
    }
}
