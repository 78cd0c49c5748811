package io.quotaguard.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What checks and reads cost in each state.
 *
 * @param keys who made the keys
 * @param rounds by state, each of them in turn; the others are compared with the first
 */
record GrowthResult(GuardCalls.Keys keys, Map<GrowthState.Size, List<Round>> rounds) {
    /**
     * One state's figures in one round.
     *
     * @param checks what the callers did
     * @param overviewMillis to read one subject's overview: the median
     * @param statisticsMillis to read one subject's last thirty days: the median
     */
    record Round(Sample checks, double overviewMillis, double statisticsMillis) {
        double callsPerSecond() {
            return checks.callsPerSecond();
        }

        double serverMicros() {
            return checks.serverMicros();
        }
    }

    void print(PrintStream out) {
        List<Round> first = rounds.values().iterator().next();
        Table checks = new Table(
                OptionValue.word(keys) + " keys",
                "calls/s",
                "times the first",
                "server us/call",
                "times the first",
                "p50 ms",
                "p99 ms");
        Table reads = new Table("one subject", "overview ms", "times the first", "30 days ms", "times the first");
        rounds.forEach((state, all) -> {
            checks.row(
                    state,
                    Spread.of(all, Round::callsPerSecond),
                    Spread.ofRatios(all, first, Round::callsPerSecond),
                    Spread.of(all, Round::serverMicros),
                    Spread.ofRatios(all, first, Round::serverMicros),
                    median(all, round -> round.checks().p50Millis()),
                    median(all, round -> round.checks().p99Millis()));
            reads.row(
                    state,
                    Spread.of(all, Round::overviewMillis),
                    Spread.ofRatios(all, first, Round::overviewMillis),
                    Spread.of(all, Round::statisticsMillis),
                    Spread.ofRatios(all, first, Round::statisticsMillis));
        });
        checks.print(out);
        reads.print(out);
    }

    private static String median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Spread.text(Spread.of(rounds, figure).median());
    }
}
