package io.quotaguard.benchmarks;

/**
 * What one contender did in one window of one round.
 *
 * @param accepted calls that were allowed
 * @param refused calls that were not
 * @param seconds how long it took
 * @param latency of one call
 * @param cpu what both sides used meanwhile
 */
record Sample(long accepted, long refused, Seconds seconds, CallWindow.Latency latency, CpuTime cpu) {
    long calls() {
        return accepted + refused;
    }

    /**
     * How long the calls of a window took.
     *
     * @param answered from the first call's start to the last one's end
     * @param kept until everything that was allowed stood where it is kept, too
     */
    record Seconds(double answered, double kept) {
        private static final double APART = 0.001;

        /** Returns whether something was still on its way when the last call was answered. */
        boolean areApart() {
            return kept - answered > APART;
        }
    }

    double callsPerSecond() {
        return calls() / seconds.answered();
    }

    double keptPerSecond() {
        return calls() / seconds.kept();
    }

    /** How long what was answered last took to stand where it is kept: how far the ledger was behind under this load. */
    double behindMillis() {
        return (seconds.kept() - seconds.answered()) * 1e3;
    }

    double p50Millis() {
        return latency.p50Millis();
    }

    double p99Millis() {
        return latency.p99Millis();
    }

    double jvmMicros() {
        return cpu.jvmNanos() / 1e3 / calls();
    }

    double serverMicros() {
        return cpu.serverNanos() / 1e3 / calls();
    }
}
