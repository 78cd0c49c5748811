package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Uses that a store acknowledged and lost, where it says that it may: they were asked for before a loss was over, and have no
 * row. Until then they counted, so refusals and totals may be off by as much; afterwards their keys are new again, and they count
 * no more.
 */
final class LostUses {
    private final Evidence evidence;
    private final Set<Call> calls = new HashSet<>();
    private final Map<String, List<Lost>> byPair = new HashMap<>();
    /** When the last loss was over; what is asked for later cannot be lost, and what is lost does not count later. */
    private final long overNanos;

    /** Units that counted from some moment after {@code fromNanos} until the losses were over at most. */
    private record Lost(long fromNanos, long units) {}

    LostUses(Evidence evidence) {
        this.evidence = evidence;
        overNanos = evidence.allowances.losses().stream()
                .mapToLong(Allowances.Loss::toNanos)
                .max()
                .orElse(Long.MIN_VALUE);
        evidence.callsByKey.forEach((key, all) -> {
            List<UsageRecord> rows = evidence.rowsByKey.getOrDefault(key, List.of()).stream()
                    .filter(row -> row.operation() == Operation.RECORD)
                    .toList();
            all.stream()
                    .filter(call -> call.kind() == CallKind.USE && call.invokedNanos() <= overNanos)
                    .filter(call -> isLost(call, rows))
                    .forEach(this::add);
        });
    }

    /** A use is lost as a whole; where some of its rows are there, it is not lost but torn. */
    private boolean isLost(Call call, List<UsageRecord> rows) {
        if (call.fresh()) {
            return rows.stream().noneMatch(row -> evidence.writtenDuring(call, row));
        }
        return (call.open() || call.ended(Ending.OK)) && !Evidence.matches(call.items(), rows);
    }

    private void add(Call call) {
        if (!call.open()) {
            calls.add(call);
        }
        // A repeated answer was of a use that was counted once.
        if (call.open() || call.fresh()) {
            for (Item item : call.items()) {
                byPair.computeIfAbsent(item.subject() + "/" + item.feature(), absent -> new ArrayList<>())
                        .add(new Lost(call.invokedNanos(), item.amount()));
            }
        }
    }

    /** Tells whether what a call was allowed is not there any more. */
    boolean contains(Call call) {
        return calls.contains(call);
    }

    /** Returns how many calls were answered as new and are not there any more. */
    long count() {
        return calls.stream().filter(Call::fresh).count();
    }

    /** Returns the units that may have counted at some moment of the span, those of calls without an answer included. */
    long units(String subject, String feature, long from, long to) {
        if (from > overNanos) {
            return 0;
        }
        return byPair.getOrDefault(subject + "/" + feature, List.of()).stream()
                .filter(lost -> lost.fromNanos() <= to)
                .mapToLong(Lost::units)
                .sum();
    }
}
