package io.quotaguard.torture.check;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Drift;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.UsageRecord;
import java.util.List;
import java.util.Map;

/**
 * What a store has at rest.
 *
 * @param rows the ledger's, in the order of their numbers
 * @param counters those whose windows have not ended
 * @param plans every version of each plan, the oldest first
 * @param planOf the plan of each subject
 * @param planChanges the version of the plan that a change with this key made, by the audit
 * @param drifts what the store itself finds wrong
 */
public record Books(
        List<UsageRecord> rows,
        Map<CounterName, Counter> counters,
        List<Alert> alerts,
        Map<String, List<PlanVersion>> plans,
        Map<String, String> planOf,
        Map<String, Long> planChanges,
        List<Drift> drifts) {}
