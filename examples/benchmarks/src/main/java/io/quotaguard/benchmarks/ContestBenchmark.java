package io.quotaguard.benchmarks;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A contest: everyone decides the same over the same connections, in turns, and is compared within each round. In the end
 * each contender's tables have to hold what it allowed.
 */
final class ContestBenchmark implements AutoCloseable {
    private final ContestOptions options;
    private final Report report;
    private final Bed bed;
    private final Map<Entrant, Contender> contenders = new LinkedHashMap<>();
    /** How many calls each was allowed so far, those included that only warmed up. */
    private final Map<Entrant, Long> allowed = new LinkedHashMap<>();

    private ContestBenchmark(ContestKind kind, ContestOptions options, PrintStream out) {
        this.options = options;
        this.report = new Report(out, "QuotaGuard: " + kind.title());
        this.bed = new Bed(
                new Subjects(options.scale().subjects()), options.scale().connections());
    }

    /** Runs what the options ask for; returns each case's figures. */
    static List<ContestResult> run(ContestKind kind, PrintStream out, String... args) throws InterruptedException {
        if (List.of(args).contains("--help")) {
            out.print(kind.page());
            return List.of();
        }
        ContestOptions options = ContestOptions.parse(kind, args);
        try (ContestBenchmark benchmark = new ContestBenchmark(kind, options, out);
                CsvFile csv = CsvFile.to(options.files().csv(), ContestResult.CSV_HEAD)) {
            return benchmark.measure(csv);
        } catch (SQLException e) {
            throw new IllegalStateException("the books cannot be read", e);
        }
    }

    private List<ContestResult> measure(CsvFile csv) throws InterruptedException, SQLException {
        for (Entrant each : options.contenders()) {
            contenders.put(each, each.open(bed));
        }
        CpuTime.Meter meter = bed.meter();
        bed.descriptions().forEach(report::say);
        report.say(Machine.DESCRIPTION);
        report.say("");
        touchEveryone(meter);
        List<ContestResult> results = new ArrayList<>();
        for (Traffic traffic : options.cases().traffic(bed.subjects())) {
            List<ContestResult> cases = new ArrayList<>();
            for (int count : options.cases().callers()) {
                ContestResult result = contest(count, traffic, meter);
                report.table(result.table());
                result.csv().forEach(csv::line);
                cases.add(result);
            }
            report.section(traffic.toString(), ContestResult.charts(cases));
            results.addAll(cases);
        }
        checkBooks();
        report.write(options.files().html());
        return results;
    }

    /** Uses one unit of every subject: nobody is measured while making what is used from then on. */
    private void touchEveryone(CpuTime.Meter meter) throws InterruptedException {
        Subjects subjects = bed.subjects();
        RedisFootprint footprint = new RedisFootprint(bed);
        try (Callers callers = new Callers(options.scale().connections(), meter)) {
            for (Entrant each : options.contenders()) {
                long before = bed.bytesInRedis();
                callers.touch(contender(each), 0, subjects.all());
                count(each, subjects.all());
                if (before > 0) {
                    long opened = bed.bytesInRedis();
                    callers.touch(contender(each), 0, subjects.size());
                    count(each, subjects.size());
                    footprint.add(each, before, opened);
                }
            }
            bed.settle();
        }
        footprint.table().ifPresent(report::table);
    }

    private ContestResult contest(int count, Traffic traffic, CpuTime.Meter meter) throws InterruptedException {
        try (Callers callers = new Callers(count, meter)) {
            Rounds.Measurement<Entrant, Sample> window = each -> {
                Sample sample = callers.run(contender(each), traffic, options.window());
                count(each, sample.accepted());
                return sample;
            };
            WarmUp.of(options.warmUps()).run(() -> new Rounds(1).interleave(options.contenders(), window));
            return new ContestResult(
                    count, traffic, Rounds.rotating(options.rounds()).interleave(options.contenders(), window));
        }
    }

    private Contender contender(Entrant each) {
        return Objects.requireNonNull(contenders.get(each));
    }

    private void count(Entrant each, long calls) {
        allowed.merge(each, calls, Long::sum);
    }

    private void checkBooks() throws SQLException {
        for (Map.Entry<Entrant, Long> each : allowed.entrySet()) {
            each.getKey().requireBooks(contender(each.getKey()), each.getValue());
        }
        report.say("Everyone's tables hold every call that was allowed: " + allowed.values());
    }

    @Override
    public void close() {
        contenders.values().forEach(Contender::close);
        bed.close();
    }
}
