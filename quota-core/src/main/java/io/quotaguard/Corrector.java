package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.escape;

import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.HeldUnits.HeldLine;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes back some of an earlier use, on every counter that it was charged to (R37). Thread-safe. */
final class Corrector {
    private final LedgerStore ledger;
    private final CallRunner runner;
    private final Duration timeout;

    Corrector(LedgerStore ledger, CallRunner runner, Duration timeout) {
        this.ledger = ledger;
        this.runner = runner;
        this.timeout = timeout;
    }

    Decision correct(Correction correction, Change change) {
        Deadline deadline = Deadline.after(timeout);
        List<UsageRecord> rows = rows(correction, deadline);
        UsageRecord use = rows.get(0);
        boolean commit = use.operation() == UsageRecord.Operation.COMMIT;
        Target target =
                new Target(KeyIdentity.of(use.subject(), use.feature(), use.key(), commit, null), use.id(), null);
        List<HeldLine> lines = rows.stream()
                .map(row -> new HeldLine(row.subject(), row.feature(), row.window(), row.origin()))
                .toList();
        Settlement call = new Settlement(
                correction.absolute() ? Operation.CORRECT_TO : Operation.CORRECT_BY,
                Call.Key.of(change.key()),
                correction.amount(),
                lines,
                metadata(change),
                target);
        return runner.run(call, deadline).decision();
    }

    /** Returns what a change says of itself, as a ledger row keeps it. */
    static Map<String, String> metadata(Change change) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("actor", change.actor());
        if (change.reason() != null) {
            metadata.put("reason", change.reason());
        }
        return metadata;
    }

    private List<UsageRecord> rows(Correction correction, Deadline deadline) {
        if (correction.row() != null) {
            return rows(correction.row(), deadline);
        }
        String subject = String.valueOf(correction.subject());
        String feature = String.valueOf(correction.feature());
        String key = String.valueOf(correction.key());
        List<UsageRecord> rows = ledger.use(subject, feature, key, deadline);
        if (rows.isEmpty()) {
            throw InvalidQuotaArgumentException.of(
                    "R37",
                    "key",
                    key,
                    "stands for no use of " + escape(feature) + " that was charged to " + escape(subject));
        }
        return rows;
    }

    private List<UsageRecord> rows(long id, Deadline deadline) {
        UsageRecord row = ledger.record(id, deadline)
                .orElseThrow(() -> InvalidQuotaArgumentException.of("R37", "ledger row", id, "does not exist"));
        boolean isUse =
                row.operation() == UsageRecord.Operation.RECORD || row.operation() == UsageRecord.Operation.COMMIT;
        if (!isUse || row.origin() != null) {
            throw InvalidQuotaArgumentException.of(
                    "R37",
                    "ledger row",
                    id,
                    row.origin() == null
                            ? "is no use but a " + row.operation()
                            : "was charged on behalf of " + escape(row.origin().subject()) + " / "
                                    + escape(row.origin().feature()) + "; correct that use");
        }
        List<UsageRecord> rows = ledger.use(row.subject(), row.feature(), row.key(), deadline);
        return rows.isEmpty() ? List.of(row) : rows;
    }
}
