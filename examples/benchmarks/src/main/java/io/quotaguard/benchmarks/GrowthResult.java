package io.quotaguard.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    static final String CSV_HEAD =
            "keys,rows,counters,round,calls_per_second,server_us,p50_ms,p99_ms,overview_ms,statistics_ms";

    /** Returns a line for each state and round. */
    List<String> csv() {
        List<String> lines = new ArrayList<>();
        rounds.forEach((state, all) -> {
            for (int round = 0; round < all.size(); round++) {
                Round each = all.get(round);
                lines.add(String.format(
                        Locale.ROOT,
                        "%s,%d,%d,%d,%.1f,%.2f,%.4f,%.4f,%.4f,%.4f",
                        OptionValue.word(keys),
                        state.rows(),
                        state.counters(),
                        round + 1,
                        each.callsPerSecond(),
                        each.serverMicros(),
                        each.checks().p50Millis(),
                        each.checks().p99Millis(),
                        each.overviewMillis(),
                        each.statisticsMillis()));
            }
        });
        return lines;
    }

    List<Chart> charts() {
        Chart ratio = new Chart("calls/s, times the first", Chart.Scale.LINEAR);
        Chart server = new Chart("processor time of the server, us/call", Chart.Scale.LINEAR);
        Chart p50 = new Chart("p50, ms", Chart.Scale.LINEAR);
        Chart p99 = new Chart("p99, ms", Chart.Scale.LINEAR);
        Chart days = new Chart("thirty days of one subject, ms", Chart.Scale.LINEAR);
        List<Round> first = rounds.values().iterator().next();
        String made = OptionValue.word(keys);
        rounds.forEach((state, all) -> {
            String name = state.toString();
            ratio.add(
                    name,
                    made,
                    Spread.ofRatios(all, first, Round::callsPerSecond).median());
            server.add(name, made, Spread.of(all, Round::serverMicros).median());
            p50.add(
                    name,
                    made,
                    Spread.of(all, round -> round.checks().p50Millis()).median());
            p99.add(
                    name,
                    made,
                    Spread.of(all, round -> round.checks().p99Millis()).median());
            days.add(name, made, Spread.of(all, Round::statisticsMillis).median());
        });
        return List.of(ratio, server, p50, p99, days);
    }

    List<Table> tables() {
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
        return List.of(checks, reads);
    }

    private static String median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Spread.text(Spread.of(rounds, figure).median());
    }
}
