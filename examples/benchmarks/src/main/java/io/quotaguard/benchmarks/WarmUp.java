package io.quotaguard.benchmarks;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Rounds that do not count, until the JVM has compiled what is measured: who has more code to compile would be measured by
 * that, and a host's process runs for longer than a benchmark.
 *
 * @param most rounds, at the most; there is always one
 * @param compiling how long the JVM has compiled since it began
 */
record WarmUp(int most, Supplier<Duration> compiling) {
    /** Of the time of a round; the rest has little to win then. */
    private static final double LITTLE = 0.1;

    static WarmUp of(int most) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return new WarmUp(most, () -> Duration.ofMillis(compiler.getTotalCompilationTime()));
    }

    /** One round. */
    @FunctionalInterface
    interface Round {
        void run() throws InterruptedException;
    }

    /** Returns how many rounds it took. */
    int run(Round round) throws InterruptedException {
        int rounds = 0;
        double compiled;
        do {
            Duration before = compiling.get();
            long start = System.nanoTime();
            round.run();
            rounds++;
            compiled = (double) compiling.get().minus(before).toNanos() / (System.nanoTime() - start);
        } while (compiled > LITTLE && rounds < most);
        return rounds;
    }
}
