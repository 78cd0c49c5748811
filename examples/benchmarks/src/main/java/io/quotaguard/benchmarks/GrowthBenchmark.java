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
        for (GuardCalls.Keys keys : options.keys()) {
            try (GrowthBenchmark benchmark = new GrowthBenchmark(options, keys)) {
                results.add(benchmark.measure(out));
            }
        }
        return results;
    }

    private GrowthResult measure(PrintStream out) throws InterruptedException {
        out.println(OptionValue.word(keys) + " keys");
        options.states().forEach(size -> fill(size, out));
        PostgresUnderTest postgres = state(options.states().get(0)).postgres();
        out.println(postgres.description() + ", " + Machine.DESCRIPTION);
        out.println();
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
            result.print(out);
            checkBooks();
            return result;
        }
    }

    private void fill(GrowthState.Size size, PrintStream out) {
        long start = System.nanoTime();
        states.put(size, GrowthState.create(size, keys, options.scale()));
        count(size, size.rows() + 1);
        out.println("  " + size + ", filled in " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s");
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
