package io.quotaguard.testing;

import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.Forecast;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import io.quotaguard.testing.SequenceText.Numbers;
import io.quotaguard.testing.SequenceText.Possessions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that can be read. */
final class ModelLooks {
    private final ModelBooks books;
    private final ModelUses uses;
    private final ModelPools pools;
    private final ModelCatalog catalog;

    ModelLooks(ModelBooks books, ModelUses uses, ModelPools pools, ModelCatalog catalog) {
        this.books = books;
        this.uses = uses;
        this.pools = pools;
        this.catalog = catalog;
    }

    String look(Step step) {
        if (step instanceof Step.Look look) {
            Possessions found = new Possessions(
                    overview(look.subject()),
                    books.grants.balances(look.subject()),
                    books.alerts(look.subject()),
                    books.ledger.records(look.subject()));
            return SequenceText.possessions(found, books.grants.ids());
        } else if (step instanceof Step.LookAtPool look) {
            return SequenceText.pool(pool(look.pool()), books.grants.ids());
        } else if (step instanceof Step.LookAtNumbers look) {
            Numbers numbers = new Numbers(
                    books.ledger.daily(look.subject(), catalog.zone(look.subject())),
                    books.ledger.top(look.feature(), look.from(), look.to()),
                    forecast(look.subject(), look.feature()));
            return SequenceText.numbers(numbers);
        }
        throw new IllegalStateException("nobody looks at " + step);
    }

    private QuotaOverview overview(String subject) {
        List<FeatureUsage> features = new ArrayList<>();
        for (String feature : SequencePlans.FEATURES.stream().sorted().toList()) {
            List<Verdict> found = uses.lines(new Step.Item(subject, feature, 0), books.now()).stream()
                    .map(line -> books.verdict(line, books.refusal(line, 0), 0))
                    .toList();
            Verdict own = found.get(0);
            Window window = own.window();
            if (window != null) {
                List<GrantBalance> grants = books.grants.balances(subject).stream()
                        .filter(grant -> grant.grant().feature().equals(feature) && grant.voidedAt() == null)
                        .toList();
                List<Verdict> shared = found.subList(1, found.size());
                features.add(
                        new FeatureUsage(feature, own.limit(), own.counter(), window, own.source(), grants, shared));
            }
        }
        return new QuotaOverview(subject, features);
    }

    private PoolOverview pool(String pool) {
        QuotaOverview overview = overview(pool);
        Map<String, List<PoolShare>> shares = new HashMap<>();
        overview.features()
                .forEach(usage -> shares.put(
                        usage.feature(), books.ledger.shares(List.of(pool, usage.feature(), usage.window()))));
        return new PoolOverview(overview, pools.members(pool), shares);
    }

    private Optional<Forecast> forecast(String subject, String feature) {
        ModelLine line =
                uses.lines(new Step.Item(subject, feature, 0), books.now()).get(0);
        if (line.terms().refusal() != null) {
            return Optional.empty();
        }
        List<UsageRecord> rows = books.ledger.ofCounter(line.counter());
        Window window = line.terms().window();
        Instant first = rows.isEmpty() ? null : rows.get(0).recordedAt();
        return Optional.of(new Forecast(
                subject,
                feature,
                window,
                books.limit(line),
                rows.stream().mapToLong(UsageRecord::amount).sum(),
                first == null || window.end() == null ? first : window.start(),
                books.now()));
    }
}
