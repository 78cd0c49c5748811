package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import io.quotaguard.torture.history.Item;
import io.quotaguard.torture.history.TimeLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** History and books, with what every check looks up in them. */
final class Evidence {
    final History history;
    final Books books;
    final Allowances allowances;
    /** Calls that charge or hold, and corrections, by their key. */
    final Map<String, List<Call>> callsByKey = new LinkedHashMap<>();
    /** Calls that go on with another, by the key of that one. */
    final Map<String, List<Call>> goneOn = new HashMap<>();

    final Map<String, List<UsageRecord>> rowsByKey = new LinkedHashMap<>();
    final Map<Long, UsageRecord> rowsById = new HashMap<>();
    final Map<CounterName, Chain> chains = new LinkedHashMap<>();
    final Set<String> leasedFeatures = new HashSet<>();
    final Set<String> nodes = new HashSet<>();
    /** When the last call ended whose end is known; the books were read after it. */
    final long lastNanos;

    final HoldTimes holds;
    final PlanTimes plans;
    final LostUses lost;

    Evidence(History history, Books books, Allowances allowances) {
        this.history = history;
        this.books = books;
        this.allowances = allowances;
        lastNanos = history.calls().stream()
                .filter(call -> call.end() != null)
                .mapToLong(Call::returnedNanos)
                .max()
                .orElse(Long.MIN_VALUE);
        Map<String, List<Call>> reserved = new LinkedHashMap<>();
        for (Call call : history.calls()) {
            index(call, reserved);
        }
        Map<CounterName, List<UsageRecord>> rows = new LinkedHashMap<>();
        for (UsageRecord row : books.rows()) {
            rowsByKey.computeIfAbsent(row.key(), absent -> new ArrayList<>()).add(row);
            rowsById.put(row.id(), row);
            rows.computeIfAbsent(CounterName.of(row), absent -> new ArrayList<>())
                    .add(row);
        }
        lost = new LostUses(this);
        rows.forEach((counter, list) -> chains.put(counter, chain(counter, list)));
        holds = new HoldTimes(reserved, goneOn, history.timeLine());
        plans = new PlanTimes(history, books);
    }

    private void index(Call call, Map<String, List<Call>> reserved) {
        nodes.add(call.node());
        String target = call.target();
        if (target != null) {
            goneOn.computeIfAbsent(target, absent -> new ArrayList<>()).add(call);
        }
        if (call.kind() == CallKind.LEASED_USE) {
            leasedFeatures.add(call.items().get(0).feature());
        }
        if (call.kind() == CallKind.RESERVE) {
            reserved.computeIfAbsent(call.key(), absent -> new ArrayList<>()).add(call);
        }
        boolean keyed = call.kind() != CallKind.COMMIT
                && call.kind() != CallKind.RELEASE
                && call.kind() != CallKind.PLAN_CHANGE
                && !call.key().isEmpty();
        if (keyed) {
            callsByKey.computeIfAbsent(call.key(), absent -> new ArrayList<>()).add(call);
        }
    }

    private Chain chain(CounterName counter, List<UsageRecord> rows) {
        long[] earliest = new long[rows.size()];
        long[] latest = new long[rows.size()];
        long[] answered = new long[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            UsageRecord row = rows.get(i);
            earliest[i] = timeLine().earliest(row.recordedAt());
            latest[i] = timeLine().latest(row.recordedAt());
            answered[i] = callsBehind(row).stream()
                    // Whoever was told of a use that was lost was not told of this row, which its key has since.
                    .filter(call -> call.ended(Ending.OK) && !lost.contains(call))
                    .mapToLong(Call::returnedNanos)
                    .min()
                    .orElse(Long.MAX_VALUE);
        }
        return new Chain(counter, rows, earliest, latest, answered);
    }

    /** Returns the calls that asked for a row, whether or not they were told so. */
    List<Call> callsBehind(UsageRecord row) {
        return switch (row.operation()) {
            case COMMIT ->
                goneOn.getOrDefault(row.key(), List.of()).stream()
                        .filter(call -> call.kind() == CallKind.COMMIT)
                        .toList();
            case RECORD ->
                callsByKey.getOrDefault(row.key(), List.of()).stream()
                        .filter(call -> call.kind() == CallKind.USE || call.kind() == CallKind.LEASED_USE)
                        .toList();
            case CORRECT ->
                callsByKey.getOrDefault(row.key(), List.of()).stream()
                        .filter(call -> call.kind() == CallKind.CORRECT)
                        .toList();
            case RESET -> List.of();
        };
    }

    /** Tells whether the row can have been written while the call was under way. */
    boolean writtenDuring(Call call, UsageRecord row) {
        return timeLine().latest(row.recordedAt()) >= call.invokedNanos()
                && timeLine().earliest(row.recordedAt()) <= call.returnedNanos();
    }

    /** Tells whether the rows are exactly those of the lines. */
    static boolean matches(List<Item> items, List<UsageRecord> rows) {
        List<Item> left = new ArrayList<>(items);
        for (UsageRecord row : rows) {
            if (!left.remove(new Item(row.subject(), row.feature(), row.amount()))) {
                return false;
            }
        }
        return left.isEmpty();
    }

    TimeLine timeLine() {
        return history.timeLine();
    }

    @Nullable
    Chain chain(CounterName counter) {
        return chains.get(counter);
    }

    boolean leased(String feature) {
        return leasedFeatures.contains(feature);
    }
}
