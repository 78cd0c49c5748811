package io.quotaguard.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What the contenders did in one case.
 *
 * @param threads how many called at once
 * @param shape whose quota they asked
 * @param rounds by contender, each of them in turn; the others are compared with the first
 */
record MemoryResult(int threads, Traffic.Shape shape, Map<MemoryContest, List<Round>> rounds) {
    /**
     * One contender's figures in one round.
     *
     * @param nanos that a call took, as its thread sees it
     * @param bytes that a call allocated
     */
    record Round(double nanos, double bytes) {}

    Table table() {
        Table table = new Table(
                threads + (threads == 1 ? " thread, " : " threads, ") + OptionValue.word(shape),
                "ns/call",
                "times the first",
                "B/call");
        List<Round> first = rounds.values().iterator().next();
        rounds.forEach((contender, all) -> table.row(
                OptionValue.word(contender),
                Spread.of(all, Round::nanos),
                Spread.ofRatios(all, first, Round::nanos),
                Spread.text(Spread.of(all, Round::bytes).median())));
        return table;
    }

    /** Draws cases that differ in their threads alone. */
    static List<Chart> charts(List<MemoryResult> results) {
        Chart ratio = new Chart("time of a call, times the first's", Chart.Scale.LOGARITHMIC);
        Chart nanos = new Chart("ns/call", Chart.Scale.LOGARITHMIC);
        Chart bytes = new Chart("bytes allocated by a call", Chart.Scale.LINEAR);
        for (MemoryResult result : results) {
            String threads = result.threads() + (result.threads() == 1 ? " thread" : " threads");
            List<Round> first = result.rounds().values().iterator().next();
            result.rounds().forEach((contender, all) -> {
                String name = OptionValue.word(contender);
                ratio.add(
                        name, threads, Spread.ofRatios(all, first, Round::nanos).median());
                nanos.add(name, threads, Spread.of(all, Round::nanos).median());
                bytes.add(name, threads, Spread.of(all, Round::bytes).median());
            });
        }
        return List.of(ratio, nanos, bytes);
    }
}
