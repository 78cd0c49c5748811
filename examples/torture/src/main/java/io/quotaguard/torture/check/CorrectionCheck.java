package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** K1: each correction takes back once what it was asked to, and all of one use no more than it. */
final class CorrectionCheck {
    private CorrectionCheck() {}

    static void run(Evidence evidence, Findings findings) {
        evidence.callsByKey.forEach((key, calls) -> {
            if (calls.get(0).kind() == CallKind.CORRECT) {
                findings.count("corrections", 1);
                calls.forEach(call -> rejected(evidence, findings, call));
                correction(
                        evidence,
                        findings,
                        calls,
                        evidence.rowsByKey.getOrDefault(key, List.of()).stream()
                                .filter(row -> row.operation() == Operation.CORRECT)
                                .toList());
            }
        });
        Map<Long, Long> takenBack = new HashMap<>();
        for (UsageRecord row : evidence.books.rows()) {
            Long of = row.corrects();
            if (row.operation() == Operation.CORRECT && of != null) {
                takenBack.merge(of, -row.amount(), Long::sum);
            }
        }
        takenBack.forEach((id, units) -> {
            UsageRecord use = evidence.rowsById.get(id);
            if (use == null || units > use.amount()) {
                findings.broken(
                        Invariant.K1,
                        units + " were taken back of row " + id + ", which had less",
                        List.of(),
                        use == null ? List.of() : List.of(use));
            }
        });
    }

    private static void correction(Evidence evidence, Findings findings, List<Call> calls, List<UsageRecord> rows) {
        boolean told = calls.stream().anyMatch(call -> call.ended(Ending.OK));
        boolean open = calls.stream().anyMatch(Call::open);
        if (told && rows.isEmpty()) {
            findings.broken(Invariant.K1, "corrected, and the ledger has nothing of it", calls, rows);
        } else if (!rows.isEmpty() && !told && !open) {
            findings.broken(Invariant.K1, "nobody was told of this correction, and yet it counts", calls, rows);
        } else if (rows.size() > 1) {
            findings.broken(Invariant.K1, "one correction was written more than once", calls, rows);
        } else if (rows.size() == 1
                && rows.get(0).amount() != -calls.get(0).items().get(0).amount()) {
            findings.broken(Invariant.K1, "the ledger has another amount than was taken back", calls, rows);
        } else if (rows.size() == 1) {
            UsageRecord use = evidence.rowsById.get(rows.get(0).corrects());
            Item item = calls.get(0).items().get(0);
            boolean ofIt = use != null
                    && use.key().equals(calls.get(0).target())
                    && use.subject().equals(item.subject())
                    && use.feature().equals(item.feature());
            if (!ofIt) {
                findings.broken(Invariant.K1, "taken back of another use than was asked for", calls, rows);
            }
        }
    }

    /** A use that was told of, and has as much left whatever else was asked to be taken back, can be corrected. */
    private static void rejected(Evidence evidence, Findings findings, Call call) {
        Item item = call.items().get(0);
        String target = call.target();
        if (!call.ended(Ending.REJECTED)
                || target == null
                || !evidence.allowances.losses().isEmpty()) {
            return;
        }
        List<Call> uses = evidence.callsByKey.getOrDefault(target, List.of()).stream()
                .filter(use -> use.ended(Ending.OK) && use.returnedNanos() < call.invokedNanos())
                .toList();
        long units = evidence.rowsByKey.getOrDefault(target, List.of()).stream()
                .filter(row -> row.operation() == Operation.RECORD
                        && row.subject().equals(item.subject())
                        && row.feature().equals(item.feature()))
                .mapToLong(UsageRecord::amount)
                .sum();
        long asked = evidence.goneOn.getOrDefault(target, List.of()).stream()
                .filter(other -> other.kind() == CallKind.CORRECT && (other.ended(Ending.OK) || other.open()))
                .mapToLong(other -> other.items().get(0).amount())
                .sum();
        if (!uses.isEmpty() && asked + item.amount() <= units) {
            List<Call> all = new ArrayList<>(uses);
            all.add(call);
            findings.broken(Invariant.K1, "told that there was no such use to take back of", all, List.of());
        }
    }
}
