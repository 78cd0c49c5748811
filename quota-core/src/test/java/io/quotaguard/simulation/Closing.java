package io.quotaguard.simulation;

import static io.quotaguard.simulation.Books.require;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The balance of the books, when nothing is under way any more. */
final class Closing {
    private final Books books;
    private final List<Alert> alerts;

    Closing(Books books, List<Alert> alerts) {
        this.books = books;
        this.alerts = alerts;
    }

    /** Holds what callers and listeners were told against the ledger's rows. */
    void check(List<UsageRecord> rows) {
        Map<String, List<UsageRecord>> byKey = new HashMap<>();
        rows.forEach(row ->
                byKey.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row));
        books.told.forEach((key, one) -> check(key, one, byKey.getOrDefault(key, List.of())));
        checkLeased(byKey);
        Map<Counter, Long> used = new HashMap<>();
        rows.forEach(
                row -> used.merge(new Counter(row.subject(), row.feature(), row.window()), row.amount(), Long::sum));
        checkUsed(used);
        checkDelivered();
        // When plans change an alert may fire anew; what is posted after its window has ended fires none (R32).
        if (!books.plansChange && !books.timeFlew) {
            used.forEach(this::checkFired);
        }
    }

    private record Counter(String subject, String feature, Window window) {}

    private void check(String key, Books.Told one, List<UsageRecord> rows) {
        require(rows.size() <= 1, "A2: " + key + " was counted " + rows.size() + " times");
        one.allowed.ifPresent(decision -> require(
                rows.size() == 1
                        && rows.get(0).amount() == one.usage.amount()
                        && decision.window().equals(Optional.of(rows.get(0).window())),
                "A2: " + key + " was allowed as " + decision + " and has the rows " + rows));
        boolean mayHaveRow = one.allowed.isPresent() || books.late.contains(key);
        require(mayHaveRow || rows.isEmpty(), "R2, B4: " + key + " was refused or not recorded, and has " + rows);
    }

    private void checkLeased(Map<String, List<UsageRecord>> byKey) {
        books.leased.forEach((key, use) -> {
            List<UsageRecord> rows = byKey.getOrDefault(key, List.of());
            boolean lost = rows.isEmpty() && books.crashed.contains(use.node());
            require(
                    lost || (rows.size() == 1 && rows.get(0).amount() == use.amount()),
                    "R42: the leased " + use + " has the rows " + rows);
        });
    }

    private void checkUsed(Map<Counter, Long> used) {
        used.forEach((counter, units) -> {
            boolean bounded = counter.feature().equals(World.LEASED) ? !books.timeFlew : !books.plansChange;
            require(!bounded || units <= limit(counter), "A1: " + units + " used of " + counter);
        });
    }

    private void checkDelivered() {
        Set<String> identities = new HashSet<>();
        for (Alert alert : alerts) {
            require(alert.sent() && books.heard.contains(alert.id()), "R33: not delivered: " + alert);
            String identity = counter(alert) + " " + alert.threshold() + " " + alert.generation();
            require(identities.add(identity), "R28: twice: " + alert);
        }
    }

    private static Counter counter(Alert alert) {
        return new Counter(alert.subject(), alert.feature(), alert.window());
    }

    private void checkFired(Counter counter, long units) {
        for (int threshold : Thresholds.DEFAULT.percents()) {
            long fired = alerts.stream()
                    .filter(alert ->
                            alert.threshold() == threshold && counter(alert).equals(counter))
                    .count();
            long expected = units * 100 >= threshold * limit(counter) ? 1 : 0;
            require(
                    fired == expected,
                    "R26: " + fired + " alerts at " + threshold + " for " + units + " of " + counter);
        }
    }

    private static long limit(Counter counter) {
        return counter.feature().equals(World.LEASED) ? World.LEASED_LIMIT : World.FIRST_LIMIT;
    }
}
