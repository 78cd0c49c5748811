package io.quotaguard.benchmarks;

import io.quotaguard.testbed.TestServerException;
import java.io.PrintStream;
import java.util.Arrays;

/** The program: runs the benchmark that its first word names, with the options that follow. */
final class Benchmarks {
    static final String HELP = """
            What QuotaGuard costs, measured on real stores.

              plan-change [options]   what an edit of a plan costs, and what callers notice of it
              postgres [options]      what a check costs on PostgreSQL, beside Bucket4j and beside the server's own floor
              redis [options]         the same on Redis, in front of PostgreSQL
              lease [options]         what a check costs that is spent from a slice, and posted behind the calls
              memory [options]        what a check costs in memory, beside limiters that only count
              growth [options]        what a check costs on PostgreSQL as ledger and counters grow

            Each lists its options: plan-change --help
            """;

    private static final int DONE = 0;
    private static final int FAILED = 2;

    private Benchmarks() {}

    public static void main(String[] args) throws InterruptedException {
        int status = run(System.out, System.err, args);
        if (status != DONE) {
            System.exit(status);
        }
    }

    /** Returns the exit status. */
    static int run(PrintStream out, PrintStream err, String... args) throws InterruptedException {
        String name = args.length == 0 ? "--help" : args[0];
        String[] options = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        try {
            switch (name) {
                case "plan-change" -> PlanChangeBenchmark.run(out, options);
                case "postgres" -> ContestBenchmark.run(PostgresContest.KIND, out, options);
                case "redis" -> ContestBenchmark.run(RedisContest.KIND, out, options);
                case "lease" -> ContestBenchmark.run(LeaseContest.KIND, out, options);
                case "memory" -> MemoryBenchmark.run(out, options);
                case "growth" -> GrowthBenchmark.run(out, options);
                case "--help" -> out.print(HELP);
                default -> throw new UsageException("there is no benchmark " + name + "; --help lists them");
            }
            return DONE;
        } catch (UsageException | TestServerException e) {
            err.println("benchmarks: " + e.getMessage());
            return FAILED;
        }
    }
}
