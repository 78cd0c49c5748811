package io.quotaguard.torture.check;

import io.quotaguard.model.Window;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.Item;
import io.quotaguard.torture.history.TimeLine;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When each hold was surely there, and when it can have been there. */
final class HoldTimes {
    private final Map<String, List<Hold>> byPair = new HashMap<>();

    /**
     * One hold.
     *
     * @param window in which it is, or null when nobody was told
     * @param surelyFrom when somebody was told of it
     * @param surelyTo when somebody began to end it, or it began to expire; before {@code surelyFrom} when it never surely was
     * @param maybeFrom when somebody asked for it
     * @param maybeTo when somebody was told of its end, or it had surely expired
     */
    record Hold(long units, @Nullable Window window, long surelyFrom, long surelyTo, long maybeFrom, long maybeTo) {}

    HoldTimes(Map<String, List<Call>> reserved, Map<String, List<Call>> goneOn, TimeLine timeLine) {
        reserved.forEach((key, calls) -> {
            if (calls.stream().anyMatch(call -> call.ended(Ending.OK) || call.open())) {
                Item item = calls.get(0).items().get(0);
                byPair.computeIfAbsent(item.subject() + "/" + item.feature(), absent -> new ArrayList<>())
                        .add(hold(item, calls, goneOn.getOrDefault(key, List.of()), timeLine));
            }
        });
    }

    private static Hold hold(Item item, List<Call> calls, List<Call> settling, TimeLine timeLine) {
        Window window = null;
        long told = Long.MAX_VALUE;
        long asked = Long.MAX_VALUE;
        long expiresAtLeast = Long.MIN_VALUE;
        long expiresAtMost = Long.MAX_VALUE;
        for (Call call : calls) {
            asked = Math.min(asked, call.invokedNanos());
            Call.End end = call.end();
            if (end != null && end.ending() == Ending.OK) {
                told = Math.min(told, end.nanos());
                window = call.answer(item.subject(), item.feature())
                        .map(Answer::window)
                        .orElse(window);
                Instant until = Instant.EPOCH.plus(end.untilMicros(), ChronoUnit.MICROS);
                expiresAtLeast = timeLine.earliest(until);
                expiresAtMost = timeLine.latest(until);
            }
        }
        long begunToEnd = Long.MAX_VALUE;
        long ended = Long.MAX_VALUE;
        for (Call call : settling) {
            boolean ends = call.kind() == CallKind.COMMIT || call.kind() == CallKind.RELEASE;
            begunToEnd = ends ? Math.min(begunToEnd, call.invokedNanos()) : begunToEnd;
            ended = ends && call.ended(Ending.OK) ? Math.min(ended, call.returnedNanos()) : ended;
        }
        return new Hold(
                item.amount(),
                window,
                told,
                Math.min(begunToEnd, expiresAtLeast),
                asked,
                Math.min(ended, expiresAtMost));
    }

    /** Returns the units of a counter that were surely held during the whole span. */
    long surely(CounterName counter, long from, long to) {
        long units = 0;
        for (Hold hold : of(counter)) {
            boolean held = counter.window().equals(hold.window());
            units += held && hold.surelyFrom() < from && hold.surelyTo() > to ? hold.units() : 0;
        }
        return units;
    }

    /** Returns the units of a counter that can have been held at some moment of the span. */
    long maybe(CounterName counter, long from, long to) {
        long units = 0;
        for (Hold hold : of(counter)) {
            boolean held = hold.window() == null || counter.window().equals(hold.window());
            units += held && hold.maybeFrom() <= to && hold.maybeTo() >= from ? hold.units() : 0;
        }
        return units;
    }

    private List<Hold> of(CounterName counter) {
        return byPair.getOrDefault(counter.subject() + "/" + counter.feature(), List.of());
    }
}
