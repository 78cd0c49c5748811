package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Window;
import io.quotaguard.torture.history.Answer;
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
import java.util.stream.Collectors;

/**
 * Uses that a store acknowledged and lost, where it says that it may: they were asked for before a loss was over, and have no
 * row. Until then they counted, so refusals and totals may be off by as much; afterwards their keys are new again, and they count
 * no more.
 */
final class LostUses {
    /** Of a leased feature some go straight. */
    private static final Set<CallKind> USES = Set.of(CallKind.USE, CallKind.LEASED_USE);

    private final Evidence evidence;
    private final Set<Call> calls = new HashSet<>();
    private final Map<CounterName, List<UsageRecord>> uses;
    private final Map<String, List<Lost>> byPair = new HashMap<>();
    /** When the last loss was over; what is asked for later cannot be lost, and what is lost does not count later. */
    private final long overNanos;

    /** Units that counted from some moment after {@code fromNanos} until the losses were over at most. */
    private record Lost(long fromNanos, long units) {}

    LostUses(Evidence evidence) {
        this.evidence = evidence;
        uses = evidence.books.rows().stream()
                .filter(row -> row.operation() == Operation.RECORD)
                .collect(Collectors.groupingBy(CounterName::of));
        overNanos = evidence.allowances.losses().stream()
                .mapToLong(Allowances.Loss::toNanos)
                .max()
                .orElse(Long.MIN_VALUE);
        evidence.callsByKey.forEach((key, all) -> {
            List<UsageRecord> rows = evidence.rowsByKey.getOrDefault(key, List.of()).stream()
                    .filter(row -> row.operation() == Operation.RECORD)
                    .toList();
            List<Call> asked = all.stream()
                    .filter(call -> USES.contains(call.kind()) && call.invokedNanos() <= overNanos)
                    .toList();
            List<Call> lost =
                    asked.stream().filter(call -> isLost(call, all, rows)).toList();
            lost.stream().filter(call -> !call.open()).forEach(calls::add);
            lost.stream().filter(call -> countedBy(call, lost)).forEach(this::count);
            asked.stream()
                    .filter(call -> !lost.contains(call) && mayHaveAskedAgain(call))
                    .forEach(this::count);
        });
    }

    /**
     * A use is lost as a whole; where some of its rows are there, it is not lost but torn. Rows that came later are not of it, but of
     * another call to which its key was new again; only what is spent from a slice is written later.
     */
    private boolean isLost(Call call, List<Call> all, List<UsageRecord> rows) {
        if (call.fresh() && call.kind() == CallKind.USE) {
            return rows.stream().noneMatch(row -> isOf(row, call, all)) && !isFollowed(call);
        }
        boolean toldBefore = call.kind() == CallKind.USE && rows.stream().allMatch(row -> isLater(row, call));
        return (call.open() || call.ended(Ending.OK)) && (toldBefore || !Evidence.matches(call.items(), rows));
    }

    /**
     * What is lost is the end of what was decided. Where a use of the same counter was asked for after the call's answer, and counted
     * before anything can have been lost, the ledger had the call's row before that one's.
     */
    private boolean isFollowed(Call call) {
        long firstLoss = evidence.allowances.losses().stream()
                .filter(loss -> loss.toNanos() >= call.invokedNanos())
                .mapToLong(Allowances.Loss::fromNanos)
                .min()
                .orElse(Long.MAX_VALUE);
        return call.items().stream()
                .flatMap(item -> call.answer(item.subject(), item.feature()).stream())
                .flatMap(answer -> usesOf(answer).stream())
                .anyMatch(row -> evidence.timeLine().latest(row.recordedAt()) < firstLoss && askedAfter(row, call));
    }

    private List<UsageRecord> usesOf(Answer answer) {
        Window window = answer.window();
        return window == null
                ? List.of()
                : uses.getOrDefault(new CounterName(answer.subject(), answer.feature(), window), List.of());
    }

    private boolean askedAfter(UsageRecord row, Call call) {
        List<Call> behind = evidence.callsBehind(row);
        return !behind.isEmpty()
                && behind.stream()
                        .allMatch(other -> other.kind() == CallKind.USE && other.invokedNanos() > call.returnedNanos());
    }

    private boolean isLater(UsageRecord row, Call call) {
        return evidence.timeLine().earliest(row.recordedAt()) > call.returnedNanos();
    }

    /** Of calls that follow closely, a row may have been written during several: it is the last one's, for the others had none left. */
    private boolean isOf(UsageRecord row, Call call, List<Call> all) {
        return mayBeOf(row, call)
                && all.stream()
                        .noneMatch(later ->
                                later.fresh() && later.invokedNanos() > call.returnedNanos() && mayBeOf(row, later));
    }

    private boolean mayBeOf(UsageRecord row, Call call) {
        return evidence.writtenDuring(call, row)
                && call.items().contains(new Item(row.subject(), row.feature(), row.amount()));
    }

    /** A repeated answer was of a use that was counted once, by another call with its key or, if there is none, by itself. */
    private static boolean countedBy(Call call, List<Call> lost) {
        boolean first = call.open() || call.fresh();
        return first || (call.equals(lost.get(0)) && lost.stream().noneMatch(other -> other.open() || other.fresh()));
    }

    private void count(Call call) {
        for (Item item : call.items()) {
            byPair.computeIfAbsent(item.subject() + "/" + item.feature(), absent -> new ArrayList<>())
                    .add(new Lost(call.invokedNanos(), item.amount()));
        }
    }

    /** A call whose answer was lost asks again by itself: with a loss in between, it may have counted before and after. */
    private boolean mayHaveAskedAgain(Call call) {
        return evidence.allowances.losses().stream()
                .anyMatch(loss -> call.invokedNanos() <= loss.toNanos() && call.returnedNanos() >= loss.fromNanos());
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
