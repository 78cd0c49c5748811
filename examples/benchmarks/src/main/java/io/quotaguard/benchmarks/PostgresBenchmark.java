package io.quotaguard.benchmarks;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A contest on PostgreSQL: everyone decides the same over the same connections, in turns, and is compared within each
 * round. In the end each contender's tables have to hold what it allowed.
 */
final class PostgresBenchmark implements AutoCloseable {
    private final PostgresOptions options;
    private final PrintStream out;
    private final PostgresUnderTest postgres;
    private final Subjects subjects;
    private final CpuTime.Meter meter;
    private final Map<Contest, Contender> contenders = new EnumMap<>(Contest.class);
    /** How many calls each was allowed so far, those included that only warmed up. */
    private final Map<Contest, Long> allowed = new EnumMap<>(Contest.class);

    private PostgresBenchmark(PostgresOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.postgres = new PostgresUnderTest(options.scale().connections());
        this.subjects = new Subjects(options.scale().subjects());
        this.meter = new CpuTime.Meter(postgres.database().serverPid());
    }

    /** Runs what the options ask for; returns each case's figures. */
    static List<ContestResult> run(PrintStream out, String... args) throws InterruptedException {
        if (List.of(args).contains("--help")) {
            out.print(PostgresOptions.HELP);
            return List.of();
        }
        PostgresOptions options = PostgresOptions.parse(args);
        try (PostgresBenchmark benchmark = new PostgresBenchmark(options, out);
                ContestCsv csv = ContestCsv.to(options.csv())) {
            return benchmark.measure(csv);
        } catch (SQLException e) {
            throw new IllegalStateException("the books cannot be read", e);
        }
    }

    private List<ContestResult> measure(ContestCsv csv) throws InterruptedException, SQLException {
        out.println(postgres.description() + ", " + Machine.DESCRIPTION);
        out.println();
        open();
        List<ContestResult> results = new ArrayList<>();
        for (Traffic traffic : options.cases().traffic(subjects)) {
            for (int count : options.cases().callers()) {
                ContestResult result = contest(count, traffic);
                result.print(out);
                csv.add(result);
                results.add(result);
            }
        }
        checkBooks();
        return results;
    }

    /** Lets everyone in, and uses one unit of every subject: nobody is measured while making what is used from then on. */
    private void open() throws InterruptedException {
        Contest.Bed bed = new Contest.Bed(postgres, subjects);
        try (Callers callers = new Callers(options.scale().connections(), meter)) {
            for (Contest each : options.contenders()) {
                contenders.put(each, each.open(bed));
                callers.touch(contender(each), 0, subjects.all());
                count(each, subjects.all());
            }
            postgres.database().settle();
        }
    }

    /** The first round warms up and does not count. */
    private ContestResult contest(int count, Traffic traffic) throws InterruptedException {
        try (Callers callers = new Callers(count, meter)) {
            Rounds.Measurement<Contest, Sample> window = each -> {
                Sample sample = callers.run(contender(each), traffic, options.window());
                count(each, sample.accepted());
                return sample;
            };
            new Rounds(1).interleave(options.contenders(), window);
            return new ContestResult(
                    count, traffic, Rounds.rotating(options.rounds()).interleave(options.contenders(), window));
        }
    }

    private Contender contender(Contest each) {
        return Objects.requireNonNull(contenders.get(each));
    }

    private void count(Contest each, long calls) {
        allowed.merge(each, calls, Long::sum);
    }

    private void checkBooks() throws SQLException {
        for (Map.Entry<Contest, Long> each : allowed.entrySet()) {
            each.getKey().requireBooks(contender(each.getKey()), each.getValue());
        }
        out.println("Everyone's tables hold every call that was allowed: " + allowed.values());
    }

    @Override
    public void close() {
        contenders.values().forEach(Contender::close);
        postgres.close();
    }
}
