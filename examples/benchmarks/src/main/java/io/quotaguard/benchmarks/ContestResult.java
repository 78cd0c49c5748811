package io.quotaguard.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the contenders did in one case.
 *
 * @param callers how many called at once
 * @param traffic what they asked for
 * @param samples by contender, one per round; the others are compared with the first
 */
record ContestResult(int callers, Traffic traffic, Map<Contest, List<Sample>> samples) {
    void print(PrintStream out) {
        Table table = new Table(
                callers + (callers == 1 ? " caller, " : " callers, ") + traffic,
                "calls/s",
                "times the first",
                "p50 ms",
                "p99 ms",
                "JVM us/call",
                "server us/call");
        List<Sample> first = samples.values().iterator().next();
        samples.forEach((contender, rounds) -> table.row(
                OptionValue.word(contender),
                Spread.of(rounds, Sample::callsPerSecond),
                Spread.ofRatios(rounds, first, Sample::callsPerSecond),
                median(rounds, Sample::p50Millis),
                median(rounds, Sample::p99Millis),
                median(rounds, Sample::jvmMicros),
                median(rounds, Sample::serverMicros)));
        table.print(out);
    }

    private static String median(List<Sample> rounds, ToDoubleFunction<Sample> figure) {
        return Spread.text(Spread.of(rounds, figure).median());
    }
}
