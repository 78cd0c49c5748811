package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** H1, B1, B2: a hold becomes one use of no more than it held, in its time, or none; a key holds once. */
final class HoldCheck {
    private HoldCheck() {}

    static void run(Evidence evidence, Findings findings) {
        evidence.callsByKey.forEach((key, calls) -> {
            if (calls.get(0).kind() == CallKind.RESERVE) {
                findings.count("holds", 1);
                hold(
                        evidence,
                        findings,
                        calls,
                        evidence.rowsByKey.getOrDefault(key, List.of()).stream()
                                .filter(row ->
                                        row.operation() == Operation.COMMIT || row.operation() == Operation.RECORD)
                                .toList());
            }
        });
    }

    private static void hold(Evidence evidence, Findings findings, List<Call> calls, List<UsageRecord> rows) {
        List<Call> settling = evidence.goneOn.getOrDefault(calls.get(0).key(), List.of()).stream()
                .filter(call -> call.kind() == CallKind.COMMIT || call.kind() == CallKind.RELEASE)
                .toList();
        List<Call> all = new ArrayList<>(calls);
        all.addAll(settling);
        boolean committed = settling.stream().anyMatch(call -> call.kind() == CallKind.COMMIT && call.ended(Ending.OK));
        boolean mayBeCommitted =
                committed || settling.stream().anyMatch(call -> call.kind() == CallKind.COMMIT && call.open());
        boolean released = settling.stream().anyMatch(call -> call.kind() == CallKind.RELEASE && call.ended(Ending.OK));
        if (rows.size() > 1) {
            findings.broken(Invariant.H1, "one hold was charged more than once", all, rows);
        } else if (committed && rows.isEmpty()) {
            findings.broken(Invariant.A2, "a hold was committed, and the ledger has nothing of it", all, rows);
        } else if (committed && released) {
            findings.broken(Invariant.H1, "a hold was committed and released", all, rows);
        } else if (!rows.isEmpty() && !mayBeCommitted) {
            findings.broken(Invariant.H1, "nobody committed this hold, and yet it counts", all, rows);
        } else if (!rows.isEmpty() && released) {
            findings.broken(Invariant.H1, "a hold was released, and yet it counts", all, rows);
        } else if (!rows.isEmpty()
                && settling.stream()
                        .noneMatch(call -> call.kind() == CallKind.COMMIT
                                && call.items().get(0).amount() == rows.get(0).amount())) {
            findings.broken(Invariant.H1, "the ledger has another amount than was committed", all, rows);
        } else if (!rows.isEmpty()
                && rows.get(0).amount() > calls.get(0).items().get(0).amount()) {
            findings.broken(Invariant.H1, "more was charged than was held", all, rows);
        }
        List<Call> told = calls.stream().filter(call -> call.ended(Ending.OK)).toList();
        if (told.stream().map(Call::items).distinct().count() > 1) {
            findings.broken(Invariant.B2, "one key was accepted for two holds", all, rows);
        } else if (told.stream().filter(Call::fresh).count() > 1) {
            findings.broken(Invariant.B1, "one key was answered as a new hold more than once", all, rows);
        }
        if (!told.isEmpty()) {
            late(evidence, findings, told, settling, rows);
            settling.forEach(call -> rejected(evidence, findings, told, settling, call));
        }
    }

    /** Nobody begins to commit what has expired, and nothing is written of it then. */
    private static void late(
            Evidence evidence, Findings findings, List<Call> told, List<Call> settling, List<UsageRecord> rows) {
        long expired = told.stream()
                .mapToLong(call -> evidence.timeLine().latest(until(call)))
                .max()
                .orElse(Long.MAX_VALUE);
        List<Call> committing = settling.stream()
                .filter(call -> call.kind() == CallKind.COMMIT && (call.ended(Ending.OK) || call.open()))
                .toList();
        boolean inTime = committing.stream().anyMatch(call -> call.invokedNanos() <= expired);
        boolean written = rows.stream().anyMatch(row -> evidence.timeLine().earliest(row.recordedAt()) > expired);
        if (written || (!inTime && committing.stream().anyMatch(call -> call.ended(Ending.OK)))) {
            List<Call> all = new ArrayList<>(told);
            all.addAll(committing);
            findings.broken(
                    Invariant.H1,
                    "a hold was committed after " + findings.at(expired) + ", when it had expired",
                    all,
                    rows);
        }
    }

    /** Who holds, in time and without anybody else having begun to end the hold, can end it. */
    private static void rejected(
            Evidence evidence, Findings findings, List<Call> told, List<Call> settling, Call call) {
        boolean held = told.stream().anyMatch(hold -> hold.returnedNanos() < call.invokedNanos())
                && told.stream()
                        .allMatch(hold ->
                                call.returnedNanos() < evidence.timeLine().earliest(until(hold)));
        boolean alone = settling.stream()
                .noneMatch(other -> !other.equals(call) && other.invokedNanos() < call.returnedNanos());
        boolean fits =
                call.items().get(0).amount() <= told.get(0).items().get(0).amount();
        // A store that loses what it acknowledged may have lost the hold.
        boolean kept = evidence.allowances.losses().isEmpty();
        if (call.ended(Ending.REJECTED) && held && alone && fits && kept) {
            List<Call> all = new ArrayList<>(told);
            all.add(call);
            findings.broken(Invariant.H1, "told that a hold had ended, which nobody had ended", all, List.of());
        }
    }

    private static Instant until(Call hold) {
        Call.End end = hold.end();
        return Instant.EPOCH.plus(end == null ? 0 : end.untilMicros(), ChronoUnit.MICROS);
    }
}
