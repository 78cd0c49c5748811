package io.quotaguard.benchmarks;

/**
 * What one contender did in one window of one round.
 *
 * @param accepted calls that were allowed
 * @param refused calls that were not
 * @param seconds from the first call's start to the last one's end
 * @param latency of one call
 * @param cpu what both sides used meanwhile
 */
record Sample(long accepted, long refused, double seconds, CallWindow.Latency latency, CpuTime cpu) {
    long calls() {
        return accepted + refused;
    }

    double callsPerSecond() {
        return calls() / seconds;
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
