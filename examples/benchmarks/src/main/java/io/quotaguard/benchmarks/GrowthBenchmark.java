package io.quotaguard.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Whether a check costs the same whatever is stored already. Every state has a database of its own on one server and they
 * take turns, so that what else the machine does meets all of them alike.
 */
final class GrowthBenchmark implements AutoCloseable {
    /** The part of a window that a state gets before it, to find its pages again: the others had the server's memory. */
    private static final int WARM_UP = 3;

    private final GrowthOptions options;
    private final GuardCalls.Keys keys;
    private final Map<GrowthState.Size, GrowthState> states = new LinkedHashMap<>();
    /** How many ledger rows each has by now. */
    private final Map<GrowthState.Size, Long> written = new LinkedHashMap<>();

    private GrowthBenchmark(GrowthOptions options, GuardCalls.Keys keys) {
        this.options = options;
        this.keys = keys;
    }

    /** Runs what the options ask for; returns the results by who makes the keys. */
    static List<GrowthResult> run(PrintStream out, String... args) throws InterruptedException {
        if (List.of(args).contains("--help")) {
            out.print(GrowthOptions.HELP);
            return List.of();
        }
        GrowthOptions options = GrowthOptions.parse(args);
        List<GrowthResult> results = new ArrayList<>();
        Report report = new Report(out, "QuotaGuard: a check as ledger and counters grow");
        try (CsvFile csv = CsvFile.to(options.files().csv(), GrowthResult.CSV_HEAD)) {
            for (GuardCalls.Keys keys : options.keys()) {
                try (GrowthBenchmark benchmark = new GrowthBenchmark(options, keys)) {
                    GrowthResult result = benchmark.measure(report);
                    result.csv().forEach(csv::line);
                    results.add(result);
                }
            }
        }
        report.write(options.files().html());
        return results;
    }

    private GrowthResult measure(Report report) throws InterruptedException {
        report.say(OptionValue.word(keys) + " keys");
        options.states().forEach(size -> fill(size, report));
        PostgresUnderTest postgres = state(options.states().get(0)).postgres();
        report.say(postgres.description() + ", " + Machine.DESCRIPTION);
        report.say("");
        CpuTime.Meter meter = new CpuTime.Meter(List.of(postgres.database().serverPid()));
        try (Callers callers = new Callers(options.scale().callers(), meter)) {
            for (GrowthState.Size size : options.states()) {
                Subjects subjects = state(size).subjects();
                callers.touch(state(size), 0, subjects.size());
                count(size, subjects.size());
            }
            Rounds.Measurement<GrowthState.Size, GrowthResult.Round> round = size -> round(callers, size);
            new Rounds(1).interleave(options.states(), round);
            GrowthResult result =
                    new GrowthResult(keys, Rounds.rotating(options.rounds()).interleave(options.states(), round));
            result.tables().forEach(report::table);
            checkBooks();
            report.section(OptionValue.word(keys) + " keys", result.charts());
            return result;
        }
    }

    private void fill(GrowthState.Size size, Report report) {
        long start = System.nanoTime();
        states.put(size, GrowthState.create(size, keys, options.scale()));
        count(size, size.rows() + 1);
        report.say("  " + size + ", filled in " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s");
    }

    private GrowthResult.Round round(Callers callers, GrowthState.Size size) throws InterruptedException {
        GrowthState state = state(size);
        Traffic traffic = new Traffic(Traffic.Shape.UNIFORM, Traffic.Outcome.ACCEPTED, state.subjects());
        count(
                size,
                callers.run(state, traffic, options.window().dividedBy(WARM_UP)).accepted());
        Sample checks = callers.run(state, traffic, options.window());
        count(size, checks.accepted());
        int reads = options.scale().reads();
        return new GrowthResult.Round(checks, state.overviewMillis(reads), state.statisticsMillis(reads));
    }

    private GrowthState state(GrowthState.Size size) {
        return Objects.requireNonNull(states.get(size));
    }

    private void count(GrowthState.Size size, long rows) {
        written.merge(size, rows, Long::sum);
    }

    /** Every row is one unit, whoever wrote it. */
    private void checkBooks() {
        written.forEach((size, rows) -> {
            Contender.Books found = state(size).books();
            if (!found.equals(new Contender.Books(rows, rows))) {
                throw new IllegalStateException(size + " should hold " + rows + " of each but holds " + found);
            }
        });
    }

    @Override
    public void close() {
        states.values().forEach(GrowthState::close);
    }
}
