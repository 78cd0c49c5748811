package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import java.util.ArrayList;
import java.util.List;

/** H1: a hold becomes one use of no more than it held, or none. */
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
    }
}
