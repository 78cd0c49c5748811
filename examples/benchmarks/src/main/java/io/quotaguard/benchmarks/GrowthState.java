package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.StatisticsQuery;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A database as it is after a while, and the few of its subjects who call. */
final class GrowthState implements Contender {
    private static final int DAYS = 30;
    /** It reads the whole ledger. */
    private static final Duration VERIFYING = Duration.ofMinutes(10);

    private final PostgresUnderTest postgres;
    private final QuotaGuard quota;
    private final GuardCalls calls;

    private GrowthState(PostgresUnderTest postgres, QuotaGuard quota, GuardCalls calls) {
        this.postgres = postgres;
        this.quota = quota;
        this.calls = calls;
    }

    /**
     * How much it holds.
     *
     * @param rows of the ledger
     * @param counters of as many subjects, among whom the rows are shared out
     */
    record Size(long rows, int counters) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d rows, %,d counters", rows, counters);
        }
    }

    /** Makes a database of its own and fills it. The callers are spread evenly over its subjects, and so over its pages. */
    static GrowthState create(Size size, GuardCalls.Keys keys, GrowthOptions.Scale scale) {
        PostgresUnderTest postgres = new PostgresUnderTest(scale.connections());
        Crowd crowd = new Crowd("growth", size.counters());
        QuotaGuard quota = GuardCalls.guard(postgres.serving(), scale.active());
        quota.plans().create(GuardCalls.plan(crowd, Subjects.ROOM), Change.by("benchmark"));
        // One more than are called: its row is what all others are copied from.
        String pattern = crowd.subject(size.counters());
        postgres.subscribe(new Crowd(crowd.plan(), size.counters() + 1));
        new GuardCalls(quota, List.of(pattern), keys).use(0, 1);
        new LedgerFill(postgres.database(), crowd, pattern).fill(size.rows(), keys);
        int callers = Math.min(scale.active(), size.counters());
        List<String> spread = IntStream.range(0, callers)
                .mapToObj(number -> crowd.subject((int) ((long) number * size.counters() / callers)))
                .toList();
        return new GrowthState(postgres, quota, new GuardCalls(quota, spread, keys));
    }

    PostgresUnderTest postgres() {
        return postgres;
    }

    /** Returns the numbers that {@link #use} takes. */
    Subjects subjects() {
        return new Subjects(calls.subjects().size());
    }

    @Override
    public boolean use(int subject, long units) {
        return calls.use(subject, units);
    }

    /** Returns how long reads of one subject's overview take, each of another subject: the median. */
    double overviewMillis(int reads) {
        return medianMillis(reads, quota::overview);
    }

    /** Returns how long reads of one subject's last thirty days take. */
    double statisticsMillis(int reads) {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        return medianMillis(
                reads,
                subject -> quota.usage().statistics(StatisticsQuery.daily(subject, today.minusDays(DAYS - 1), today)));
    }

    /** Reads something of one subject. */
    @FunctionalInterface
    private interface Read {
        @Nullable
        Object of(String subject);
    }

    private double medianMillis(int reads, Read read) {
        return Spread.median(DoubleStream.generate(() -> {
                    String subject = calls.subjects()
                            .get(ThreadLocalRandom.current()
                                    .nextInt(calls.subjects().size()));
                    long start = System.nanoTime();
                    read.of(subject);
                    return (System.nanoTime() - start) / 1e6;
                })
                .limit(reads)
                .toArray());
    }

    /** Returns what stands in the tables, when the counters add up to the ledger; throws when they do not. */
    @Override
    public Books books() {
        if (!quota.usage().verify(VERIFYING).isEmpty()) {
            throw new IllegalStateException("counters differ from their ledger");
        }
        BenchmarkDatabase database = postgres.database();
        return new Books(
                database.number("SELECT sum(used) FROM quotaguard.usage_counter"),
                database.number("SELECT count(*) FROM quotaguard.usage_record"));
    }

    /** Gives the disk back as well: the next state may need it. */
    @Override
    public void close() {
        quota.close();
        postgres.database().execute("TRUNCATE quotaguard.usage_record, quotaguard.usage_counter CASCADE");
        postgres.close();
    }
}
