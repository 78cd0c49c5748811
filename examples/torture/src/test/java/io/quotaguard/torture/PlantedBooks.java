package io.quotaguard.torture;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.torture.check.Books;
import io.quotaguard.torture.check.CounterName;
import io.quotaguard.torture.load.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Bugs in what a store has at rest: the books are read, and then not told as they are. */
final class PlantedBooks {
    private PlantedBooks() {}

    /** Rows that a bug wrote under a key of its own, as what they are: rows of the caller's key. */
    static Books unmarked(Books books) {
        List<UsageRecord> rows =
                books.rows().stream().map(PlantedBooks::unmarked).toList();
        return with(books, rows, books.counters(), books.alerts());
    }

    private static UsageRecord unmarked(UsageRecord row) {
        int mark = row.key().indexOf(Bugs.MARK);
        return new UsageRecord(
                row.id(),
                row.subject(),
                row.feature(),
                row.window(),
                row.operation(),
                row.amount(),
                row.usedAfter(),
                row.limit(),
                row.overage(),
                row.grants(),
                mark < 0 ? row.key() : row.key().substring(0, mark),
                row.origin(),
                row.corrects(),
                row.degraded(),
                row.metadata(),
                row.recordedAt());
    }

    static Books alertTwice(Books books) {
        Alert first = books.alerts().get(0);
        return withAlert(books, first, first.generation(), first.used(), first.firedAt());
    }

    /** Of the counters whose limit moves, where a crossing is one among many. */
    static Books withoutEachFifthAlertOfAChain(Books books) {
        List<Alert> alerts = new ArrayList<>(books.alerts());
        AtomicInteger seen = new AtomicInteger();
        alerts.removeIf(alert -> alert.feature().equals(World.HOT) && seen.incrementAndGet() % 5 == 0);
        return with(books, books.rows(), books.counters(), alerts);
    }

    /** It says 80 % of a limit at a count that was never there. */
    static Books phantomAlert(Books books) {
        Alert alert = some(books, World.HOT);
        return withAlert(books, alert, alert.generation() + 1_000, alert.used() + 100_000, alert.firedAt());
    }

    /** A window's threshold that was crossed once has two alerts. */
    static Books alertOfANewGeneration(Books books) {
        Alert alert = some(books, World.HELD);
        return withAlert(books, alert, alert.generation() + 1, alert.used(), alert.firedAt());
    }

    private static Alert some(Books books, String feature) {
        return books.alerts().stream()
                .filter(alert -> alert.feature().equals(feature))
                .findFirst()
                .orElseThrow();
    }

    private static Books withAlert(Books books, Alert like, long generation, long used, Instant firedAt) {
        List<Alert> alerts = new ArrayList<>(books.alerts());
        alerts.add(new Alert(
                like.id() + 1_000_000,
                like.subject(),
                like.feature(),
                like.window(),
                like.threshold(),
                generation,
                used,
                like.limit(),
                firedAt,
                false,
                false,
                false));
        return with(books, books.rows(), books.counters(), alerts);
    }

    static Books withoutARow(Books books) {
        List<UsageRecord> rows = new ArrayList<>(books.rows());
        rows.remove(rows.size() / 2);
        return with(books, rows, books.counters(), books.alerts());
    }

    static Books countedOneMore(Books books) {
        Map<CounterName, Counter> counters = new HashMap<>(books.counters());
        counters.replaceAll((name, counter) -> new Counter(counter.used() + 1, counter.held()));
        return with(books, books.rows(), counters, books.alerts());
    }

    private static Books with(
            Books books, List<UsageRecord> rows, Map<CounterName, Counter> counters, List<Alert> alerts) {
        return new Books(rows, counters, alerts, books.plans(), books.planOf(), books.planChanges(), books.drifts());
    }
}
