package io.quotaguard.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the contenders did in one case.
 *
 * @param callers how many called at once
 * @param traffic what they asked for
 * @param samples by contender, one per round; the others are compared with the first
 */
record ContestResult(int callers, Traffic traffic, Map<Entrant, List<Sample>> samples) {
    static final String CSV_HEAD = "outcome,shape,callers,contender,round,accepted,refused,calls_per_second,"
            + "kept_per_second,behind_ms,p50_ms,p99_ms,jvm_us,server_us";

    /** Returns a line for each contender and round. */
    List<String> csv() {
        List<String> lines = new ArrayList<>();
        samples.forEach((entrant, rounds) -> {
            for (int round = 0; round < rounds.size(); round++) {
                lines.add(csv(entrant, round + 1, rounds.get(round)));
            }
        });
        return lines;
    }

    private String csv(Entrant entrant, int round, Sample sample) {
        return String.format(
                Locale.ROOT,
                "%s,%s,%d,%s,%d,%d,%d,%.1f,%.1f,%.2f,%.4f,%.4f,%.2f,%.2f",
                OptionValue.word(traffic.outcome()),
                OptionValue.word(traffic.shape()),
                callers,
                entrant.word(),
                round,
                sample.accepted(),
                sample.refused(),
                sample.callsPerSecond(),
                sample.keptPerSecond(),
                sample.behindMillis(),
                sample.p50Millis(),
                sample.p99Millis(),
                sample.jvmMicros(),
                sample.serverMicros());
    }

    /** Returns a table in which those who bring uses home behind the calls are told apart, if some do. */
    Table table() {
        boolean behind = isBehind();
        List<String> heads = new ArrayList<>(
                List.of(callers + (callers == 1 ? " caller, " : " callers, ") + traffic, "calls/s", "times the first"));
        if (behind) {
            heads.addAll(List.of("kept/s", "times the first", "behind ms"));
        }
        heads.addAll(List.of("p50 ms", "p99 ms", "JVM us/call", "server us/call"));
        Table table = new Table(heads.toArray(String[]::new));
        List<Sample> first = first();
        samples.forEach((entrant, rounds) -> {
            List<Object> row = new ArrayList<>(List.of(
                    entrant.word(),
                    Spread.of(rounds, Sample::callsPerSecond),
                    Spread.ofRatios(rounds, first, Sample::callsPerSecond)));
            if (behind) {
                row.add(Spread.of(rounds, Sample::keptPerSecond));
                row.add(Spread.ofRatios(rounds, first, Sample::keptPerSecond));
                row.add(median(rounds, Sample::behindMillis));
            }
            row.add(median(rounds, Sample::p50Millis));
            row.add(median(rounds, Sample::p99Millis));
            row.add(median(rounds, Sample::jvmMicros));
            row.add(median(rounds, Sample::serverMicros));
            table.row(row.toArray());
        });
        return table;
    }

    /** Draws cases that differ in their callers alone. */
    static List<Chart> charts(List<ContestResult> results) {
        Chart ratio = new Chart("calls/s, times the first", Chart.Scale.LOGARITHMIC);
        Chart kept = new Chart("kept/s, times the first", Chart.Scale.LOGARITHMIC);
        Chart p50 = new Chart("p50, ms", Chart.Scale.LOGARITHMIC);
        Chart p99 = new Chart("p99, ms", Chart.Scale.LOGARITHMIC);
        Chart jvm = new Chart("processor time of the JVM, us/call", Chart.Scale.LINEAR);
        Chart server = new Chart("processor time of the servers, us/call", Chart.Scale.LINEAR);
        for (ContestResult result : results) {
            String callers = result.callers() + (result.callers() == 1 ? " caller" : " callers");
            List<Sample> first = result.first();
            result.samples().forEach((entrant, rounds) -> {
                ratio.add(entrant.word(), callers, ratio(rounds, first, Sample::callsPerSecond));
                kept.add(entrant.word(), callers, ratio(rounds, first, Sample::keptPerSecond));
                p50.add(entrant.word(), callers, middle(rounds, Sample::p50Millis));
                p99.add(entrant.word(), callers, middle(rounds, Sample::p99Millis));
                jvm.add(entrant.word(), callers, middle(rounds, Sample::jvmMicros));
                server.add(entrant.word(), callers, middle(rounds, Sample::serverMicros));
            });
        }
        List<Chart> charts = new ArrayList<>(List.of(ratio, p50, p99, jvm, server));
        if (results.stream().anyMatch(ContestResult::isBehind)) {
            charts.add(1, kept);
        }
        return charts;
    }

    /** Returns whether somebody had uses on their way when the last call was answered. */
    private boolean isBehind() {
        return samples.values().stream()
                .flatMap(List::stream)
                .anyMatch(sample -> sample.seconds().areApart());
    }

    private List<Sample> first() {
        return samples.values().iterator().next();
    }

    private static double ratio(List<Sample> rounds, List<Sample> first, ToDoubleFunction<Sample> figure) {
        return Spread.ofRatios(rounds, first, figure).median();
    }

    private static double middle(List<Sample> rounds, ToDoubleFunction<Sample> figure) {
        return Spread.of(rounds, figure).median();
    }

    private static String median(List<Sample> rounds, ToDoubleFunction<Sample> figure) {
        return Spread.text(middle(rounds, figure));
    }
}
