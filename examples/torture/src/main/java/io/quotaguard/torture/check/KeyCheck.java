package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A2, A4, B1, B2, B4: all calls with one key beside all rows with that key. */
final class KeyCheck {
    private final Evidence evidence;
    private final Findings findings;
    private final Map<String, Long> lost = new HashMap<>();

    private KeyCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
    }

    static void run(Evidence evidence, Findings findings) {
        KeyCheck check = new KeyCheck(evidence, findings);
        findings.count("acknowledged uses lost", evidence.lost.count());
        evidence.callsByKey.forEach((key, calls) -> {
            if (calls.get(0).kind() == CallKind.USE || calls.get(0).kind() == CallKind.LEASED_USE) {
                check.key(calls, rows(evidence, key));
            }
        });
        check.lost.forEach((who, units) -> {
            findings.most("most leased uses lost by one kill", units);
            if (units > evidence.allowances.unpostedUses()) {
                findings.broken(
                        Invariant.A2,
                        units + " leased uses lost by " + who + ", more than may be",
                        List.of(),
                        List.of());
            }
        });
    }

    private static List<UsageRecord> rows(Evidence evidence, String key) {
        return evidence.rowsByKey.getOrDefault(key, List.of()).stream()
                .filter(row -> row.operation() == Operation.RECORD)
                .toList();
    }

    private void key(List<Call> calls, List<UsageRecord> rows) {
        findings.count("keys", 1);
        count(calls, rows);
        if (calls.stream().filter(Call::open).count() > 0) {
            findings.count("ambiguous keys", 1);
        }
        List<Call> accepted = calls.stream()
                .filter(call -> call.ended(Ending.OK) && !evidence.lost.contains(call))
                .toList();
        Set<Object> pairs = new HashSet<>();
        if (!rows.stream().allMatch(row -> pairs.add(CounterName.of(row).subject() + "/" + row.feature()))) {
            findings.broken(Invariant.B1, "one key was counted more than once", calls, rows);
        } else if (accepted.stream().map(Call::items).distinct().count() > 1) {
            findings.broken(Invariant.B2, "one key was accepted for two requests", calls, rows);
        } else if (!accepted.isEmpty()) {
            accepted(calls, accepted, rows);
        } else if (!rows.isEmpty()) {
            unanswered(calls, rows);
        }
        conflicts(calls);
    }

    private void count(List<Call> calls, List<UsageRecord> rows) {
        boolean told = calls.stream().anyMatch(call -> call.ended(Ending.OK));
        boolean asked = calls.stream().anyMatch(call -> !told && call.open());
        findings.count(rows.isEmpty() ? "keys without effect" : "keys with effect", 1);
        findings.count("keys that nobody was told of", asked ? 1 : 0);
    }

    private void accepted(List<Call> calls, List<Call> accepted, List<UsageRecord> rows) {
        Call call = accepted.get(0);
        if (rows.isEmpty()) {
            if (evidence.leased(call.items().get(0).feature())
                    && evidence.allowances.killedNodes().contains(call.node())) {
                lost.merge(call.node() + " of " + call.items().get(0).subject(), 1L, Long::sum);
            } else {
                findings.broken(Invariant.A2, "allowed, and the ledger has nothing of it", calls, rows);
            }
            return;
        }
        if (!Evidence.matches(call.items(), rows)) {
            findings.broken(
                    rows.size() < call.items().size() ? Invariant.A4 : Invariant.A2,
                    "the ledger has something else than was allowed",
                    calls,
                    rows);
            return;
        }
        if (accepted.stream().filter(Call::fresh).count() > 1) {
            findings.broken(Invariant.B1, "one key was answered as new more than once", calls, rows);
        }
        boolean leased = evidence.leased(call.items().get(0).feature());
        if (!leased
                && calls.stream().noneMatch(Call::open)
                && rows.stream().noneMatch(row -> writtenDuring(accepted, row))) {
            findings.broken(Invariant.B4, "counted by a call that was told that it was not", calls, rows);
        }
        boolean changed = rows.stream().anyMatch(row -> accepted.stream().anyMatch(told -> lostBeside(told, row) > 0));
        if (!changed && accepted.stream().map(KeyCheck::answers).distinct().count() > 1) {
            findings.broken(Invariant.B1, "one key had different answers", calls, rows);
        }
        if (!leased) {
            rows.forEach(row -> told(accepted, row));
        }
        long seen = accepted.stream().mapToLong(Call::returnedNanos).min().orElse(Long.MAX_VALUE);
        denied(calls, rows, seen);
    }

    /** A call that lost its answer on the way asks again by itself: then it is told of its own work as of another's. */
    private boolean writtenDuring(List<Call> accepted, UsageRecord row) {
        return accepted.stream().anyMatch(call -> evidence.writtenDuring(call, row));
    }

    private static Set<Answer> answers(Call call) {
        Call.End end = call.end();
        return end == null ? Set.of() : new HashSet<>(end.answers());
    }

    /** The row is of the call that was answered as new, and says what that was told. */
    private void told(List<Call> accepted, UsageRecord row) {
        for (Call call : accepted) {
            Answer answer = call.answer(row.subject(), row.feature()).orElse(null);
            if (answer == null
                    || Math.abs(answer.used() - row.usedAfter()) > lostBeside(call, row)
                    || !answer.limit().equals(row.limit())
                    || !row.window().equals(answer.window())) {
                findings.broken(Invariant.B1, "what was told is not what the ledger has", List.of(call), List.of(row));
            }
            if (call.fresh() && !writtenDuring(List.of(call), row)) {
                findings.broken(Invariant.B1, "the row is not of the time of the call", List.of(call), List.of(row));
            }
        }
    }

    /** Returns the units that may have counted when a row was decided, and are lost: what was told of it includes them. */
    private long lostBeside(Call call, UsageRecord row) {
        long from = Math.min(call.invokedNanos(), evidence.timeLine().earliest(row.recordedAt()));
        return evidence.lost.units(row.subject(), row.feature(), from, call.returnedNanos());
    }

    /** Nobody was told that it counted, so somebody must have been told nothing. */
    private void unanswered(List<Call> calls, List<UsageRecord> rows) {
        List<Call> open = calls.stream()
                .filter(call -> call.open() && Evidence.matches(call.items(), rows))
                .toList();
        if (open.isEmpty()) {
            boolean half =
                    calls.stream().anyMatch(call -> call.open() && call.items().size() > rows.size());
            boolean conflicted = calls.stream().anyMatch(call -> call.ended(Ending.CONFLICT));
            findings.broken(
                    half ? Invariant.A4 : conflicted ? Invariant.B2 : Invariant.B4,
                    "nobody was allowed this, nor left without an answer, and yet it counts",
                    calls,
                    rows);
            return;
        }
        for (UsageRecord row : rows) {
            if (open.stream().allMatch(call -> evidence.timeLine().latest(row.recordedAt()) < call.invokedNanos())) {
                findings.broken(Invariant.B4, "it counted before anybody asked", calls, List.of(row));
            }
        }
        long seen = Long.MAX_VALUE;
        for (UsageRecord row : rows) {
            Chain chain = evidence.chain(CounterName.of(row));
            seen = chain == null ? seen : Math.min(seen, chain.seenBy(chain.rows.indexOf(row)));
        }
        denied(calls, rows, seen);
    }

    /** Once it counts, nobody who asks with its key is told anything else. */
    private void denied(List<Call> calls, List<UsageRecord> rows, long seen) {
        for (Call call : calls) {
            boolean same = Evidence.matches(call.items(), rows);
            if (call.invokedNanos() > seen && call.ended(Ending.REFUSED)) {
                findings.broken(
                        same ? Invariant.B1 : Invariant.B2,
                        same ? "refused, though its key had counted before" : "refused instead of a conflict",
                        calls,
                        rows);
            } else if (call.invokedNanos() > seen && same && call.ended(Ending.CONFLICT)) {
                findings.broken(Invariant.B1, "a conflict with itself: its key had counted before", calls, rows);
            }
        }
    }

    /** A conflict needs another request with the key that was accepted, or may have been. */
    private void conflicts(List<Call> calls) {
        for (Call call : calls) {
            if (call.ended(Ending.CONFLICT)) {
                findings.count("conflicts", 1);
                boolean explained = calls.stream()
                        .anyMatch(other -> (other.ended(Ending.OK) || other.open())
                                && !other.items().equals(call.items())
                                && other.invokedNanos() < call.returnedNanos());
                if (!explained) {
                    findings.broken(Invariant.B2, "a conflict with no other request", calls, List.of());
                }
            }
        }
    }
}
