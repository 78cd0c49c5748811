package io.quotaguard.torture.check;

import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Counter;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.AlertStore.Which;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.SubjectUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the books of a store that nobody charges any more. */
public final class BooksReader {
    private static final int PAGE = 1000;

    private final QuotaStore store;
    private final Duration patience;

    public BooksReader(QuotaStore store, Duration patience) {
        this.store = store;
        this.patience = patience;
    }

    public Books read(Collection<String> subjects, Collection<String> plans) {
        List<UsageRecord> rows = new ArrayList<>();
        Map<CounterName, Counter> counters = new HashMap<>();
        Map<String, String> planOf = new HashMap<>();
        for (String subject : subjects) {
            rows.addAll(rows(subject));
            SubjectUsage usage = store.catalog().usage(subject, deadline());
            usage.counters()
                    .forEach(open ->
                            counters.put(new CounterName(subject, open.feature(), open.window()), open.counter()));
            Optional.ofNullable(usage.catalog().subscription())
                    .ifPresent(
                            found -> planOf.put(subject, found.phases().get(0).plan()));
        }
        rows.sort(Comparator.comparingLong(UsageRecord::id));
        Map<String, List<PlanVersion>> versions = new HashMap<>();
        Map<String, Long> changes = new HashMap<>();
        for (String plan : plans) {
            versions.put(plan, store.catalog().versions(plan, deadline()));
            planChanges(plan, changes);
        }
        return new Books(
                List.copyOf(rows),
                counters,
                alerts(),
                versions,
                planOf,
                changes,
                store.ledger().verify(deadline()));
    }

    private List<UsageRecord> rows(String subject) {
        List<UsageRecord> rows = new ArrayList<>();
        UsageQuery query = UsageQuery.of(subject).pageSize(PAGE);
        List<UsageRecord> page = store.ledger().records(query, deadline());
        while (!page.isEmpty()) {
            rows.addAll(page);
            query = query.before(page.get(page.size() - 1).id());
            page = store.ledger().records(query, deadline());
        }
        return rows;
    }

    private List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        List<Alert> page = store.alerts().list(Optional.empty(), Which.ALL, 0, PAGE, deadline());
        while (!page.isEmpty()) {
            alerts.addAll(page);
            page = store.alerts()
                    .list(Optional.empty(), Which.ALL, page.get(page.size() - 1).id(), PAGE, deadline());
        }
        return List.copyOf(alerts);
    }

    /** A plan's revision is its version. */
    private void planChanges(String plan, Map<String, Long> changes) {
        CatalogQuery query =
                CatalogQuery.about(CatalogEntry.Entity.PLAN).name(plan).pageSize(PAGE);
        List<CatalogEntry> page = store.catalog().history(query, deadline());
        while (!page.isEmpty()) {
            for (CatalogEntry entry : page) {
                String key = entry.change().key();
                if (key != null) {
                    changes.put(key, entry.revision());
                }
            }
            query = query.before(page.get(page.size() - 1).id());
            page = store.catalog().history(query, deadline());
        }
    }

    private Deadline deadline() {
        return Deadline.after(patience);
    }
}
