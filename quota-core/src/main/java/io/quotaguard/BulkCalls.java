package io.quotaguard;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many independent uses at once (R11). */
final class BulkCalls {
    static final int MAX_CALLS = 10_000;

    private BulkCalls() {}

    static List<UsageResult> run(List<Usage> usages, CallRunner runner, Duration timeout) {
        if (usages.size() > MAX_CALLS) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "number of usages", usages.size(), "is more than " + MAX_CALLS);
        }
        List<Charge> calls = new ArrayList<>(usages.size());
        for (Usage usage : usages) {
            calls.add(Charge.of(Operation.RECORD, InvalidQuotaArgumentException.required("usage", usage)));
        }
        List<CallRun> runs = runner.runEach(calls, deadline(usages.size(), timeout));
        List<UsageResult> results = new ArrayList<>(usages.size());
        for (int i = 0; i < runs.size(); i++) {
            results.add(runs.get(i).result(usages.get(i)));
        }
        return results;
    }

    /** Each round trip has the time of a call. */
    private static Deadline deadline(int size, Duration timeout) {
        int trips = Math.max(1, (size + CallRunner.MAX_TOGETHER - 1) / CallRunner.MAX_TOGETHER);
        Duration whole = timeout.multipliedBy(trips);
        return Deadline.after(whole.compareTo(Deadline.MAX) > 0 ? Deadline.MAX : whole);
    }
}
