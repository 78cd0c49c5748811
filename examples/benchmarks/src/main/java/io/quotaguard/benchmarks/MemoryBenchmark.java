package io.quotaguard.benchmarks;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A contest in this JVM's memory. JMH measures one contender at a time, each in a JVM of its own; they take turns. */
final class MemoryBenchmark {
    private static final String BYTES = "gc.alloc.rate.norm";
    private static final int WARM_UPS = 2;
    private static final String CSV_HEAD = "shape,threads,contender,round,ns_per_call,bytes_per_call";

    private final MemoryOptions options;

    private MemoryBenchmark(MemoryOptions options) {
        this.options = options;
    }

    /** Runs what the options ask for; returns each case's figures. */
    static List<MemoryResult> run(PrintStream out, String... args) throws InterruptedException {
        if (List.of(args).contains("--help")) {
            out.print(MemoryOptions.HELP);
            return List.of();
        }
        MemoryOptions options = MemoryOptions.parse(args);
        ForkedClassPath.announce();
        try (CsvFile csv = CsvFile.to(options.files().csv(), CSV_HEAD)) {
            return new MemoryBenchmark(options).measure(new Report(out, "QuotaGuard: a check in memory"), csv);
        }
    }

    private List<MemoryResult> measure(Report report, CsvFile csv) throws InterruptedException {
        report.say(Machine.DESCRIPTION + ", " + options.subjects() + " subjects, heap "
                + options.runs().heap());
        report.say("");
        List<MemoryResult> results = new ArrayList<>();
        for (Traffic.Shape shape : options.cases().shapes()) {
            List<MemoryResult> cases = new ArrayList<>();
            for (int threads : options.cases().threads()) {
                MemoryResult result = new MemoryResult(
                        threads,
                        shape,
                        Rounds.rotating(options.rounds())
                                .interleave(options.contenders(), each -> round(each, shape, threads)));
                report.table(result.table());
                write(csv, result);
                cases.add(result);
            }
            report.section(OptionValue.word(shape), MemoryResult.charts(cases));
            results.addAll(cases);
        }
        report.write(options.files().html());
        return results;
    }

    private MemoryResult.Round round(MemoryContest contender, Traffic.Shape shape, int threads) {
        MemoryOptions.Runs runs = options.runs();
        int subjects = shape == Traffic.Shape.HOT ? 1 : options.subjects();
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include(MemoryCall.class.getName().replace(".", "\\.") + "\\.use")
                .param(MemoryCall.CONTENDER, contender.name())
                .param(MemoryCall.SHAPE, shape.name())
                .param(MemoryCall.SUBJECTS, Integer.toString(subjects))
                .threads(threads)
                .forks(runs.forks())
                .warmupIterations(WARM_UPS)
                .warmupTime(time(runs.window()))
                .measurementIterations(1)
                .measurementTime(time(runs.window()))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        if (runs.forks() > 0) {
            jmh.jvmArgs("-Xmx" + runs.heap());
        }
        try {
            RunResult result = new Runner(jmh.build()).runSingle();
            return new MemoryResult.Round(
                    result.getPrimaryResult().getScore(),
                    requireNonNull(result.getSecondaryResults().get(BYTES), BYTES)
                            .getScore());
        } catch (RunnerException e) {
            throw new IllegalStateException(OptionValue.word(contender) + " cannot be measured", e);
        }
    }

    private static TimeValue time(Duration window) {
        return new TimeValue(window.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void write(CsvFile csv, MemoryResult result) {
        result.rounds().forEach((contender, rounds) -> {
            for (int round = 0; round < rounds.size(); round++) {
                csv.line(String.format(
                        Locale.ROOT,
                        "%s,%d,%s,%d,%.2f,%.2f",
                        OptionValue.word(result.shape()),
                        result.threads(),
                        OptionValue.word(contender),
                        round + 1,
                        rounds.get(round).nanos(),
                        rounds.get(round).bytes()));
            }
        });
    }
}
