package io.quotaguard.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * What one edit of a plan costs.
 *
 * @param subscribers how many have the plan
 * @param rowsWritten by one edit, by table; empty for a store that has no rows
 * @param millis of one edit: each round's median
 */
record EditCost(int subscribers, Map<String, Long> rowsWritten, Spread millis) {
    EditCost {
        rowsWritten = Map.copyOf(rowsWritten);
    }

    long rows() {
        return rowsWritten.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Measures each plan in turn, round after round; the first round warms up and does not count. */
    static List<EditCost> measure(StoreUnderTest store, List<EditedPlan> plans, PlanChangeOptions options)
            throws InterruptedException {
        Rounds.Measurement<EditedPlan, Double> measurement =
                plan -> medianMillis(plan, options.times().edits());
        new Rounds(1).interleave(plans, measurement);
        Map<EditedPlan, List<Double>> millis = new Rounds(options.rounds()).interleave(plans, measurement);
        List<EditCost> costs = new ArrayList<>();
        millis.forEach((plan, each) -> costs.add(new EditCost(
                plan.crowd().size(), store.rowsWritten(plan::editNanos), Spread.of(each, Double::doubleValue))));
        return costs;
    }

    private static double medianMillis(EditedPlan plan, int edits) {
        return Spread.median(LongStream.generate(plan::editNanos)
                .limit(edits)
                .mapToDouble(nanos -> nanos / 1e6)
                .toArray());
    }

    static void print(String when, List<EditCost> costs, PrintStream out) {
        Table table = new Table("subscribers, " + when, "rows written by an edit", "ms per edit", "times the first");
        double smallest = costs.get(0).millis.median();
        for (EditCost cost : costs) {
            table.row(
                    cost.subscribers,
                    cost.rowsWritten.isEmpty() ? "-" : cost.rows() + " " + cost.rowsWritten,
                    cost.millis,
                    Spread.text(cost.millis.median() / smallest));
        }
        table.print(out);
    }
}
