package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.Item;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Uses that a store acknowledged and lost, where it says that it may: they have no row. Until they were lost they counted, so
 * refusals and totals may be off by as much, and afterwards their keys are new again.
 */
final class LostUses {
    private final Set<Call> calls = new HashSet<>();
    private final Map<String, Long> units = new HashMap<>();

    LostUses(Evidence evidence) {
        if (!evidence.allowances.acknowledgedMayBeLost()) {
            return;
        }
        evidence.callsByKey.forEach((key, all) -> {
            List<UsageRecord> rows = evidence.rowsByKey.getOrDefault(key, List.of()).stream()
                    .filter(row -> row.operation() == Operation.RECORD)
                    .toList();
            all.stream().filter(call -> call.kind() == CallKind.USE).forEach(call -> add(evidence, call, rows));
        });
    }

    private void add(Evidence evidence, Call call, List<UsageRecord> rows) {
        boolean itsOwn = Evidence.matches(call.items(), rows)
                && (!call.fresh() || rows.stream().allMatch(row -> evidence.writtenDuring(call, row)));
        if (itsOwn || !(call.open() || call.ended(Ending.OK))) {
            return;
        }
        if (!call.open()) {
            calls.add(call);
        }
        // A repeated answer was of a use that was counted once.
        if (call.open() || call.fresh()) {
            for (Item item : call.items()) {
                units.merge(item.subject() + "/" + item.feature(), item.amount(), Long::sum);
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

    /** Returns the units that may have counted for a while, those of calls without an answer included. */
    long units(String subject, String feature) {
        return units.getOrDefault(subject + "/" + feature, 0L);
    }
}
