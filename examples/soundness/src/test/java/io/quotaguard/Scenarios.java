package io.quotaguard;

import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How much is tried: a little in the build, more with {@code -Dsoundness.scenarios=100 -Dsoundness.runs=10000}. On real threads:
 * a whole store is too large for the checker that tries every interleaving.
 */
final class Scenarios {
    private static final int SCENARIOS = Integer.getInteger("soundness.scenarios", 6);
    private static final int RUNS = Integer.getInteger("soundness.runs", 1000);

    private Scenarios() {}

    static StressOptions ofStore() {
        return new StressOptions()
                .iterations(SCENARIOS)
                .invocationsPerIteration(RUNS)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false);
    }
}
