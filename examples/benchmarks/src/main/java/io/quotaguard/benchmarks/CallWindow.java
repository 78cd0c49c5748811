package io.quotaguard.benchmarks;

import io.quotaguard.GuardStatistics;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What callers saw in one window of calls.
 *
 * @param callsPerSecond of all threads together
 * @param latency of one call
 * @param editMillis how long each edit took that was made meanwhile
 * @param stale calls that the store sent back to be resolved again
 * @param catalogReads look-ups of a subject that read the catalog
 * @param calls that were made
 */
record CallWindow(
        double callsPerSecond, Latency latency, List<Double> editMillis, long stale, long catalogReads, long calls) {
    CallWindow {
        editMillis = List.copyOf(editMillis);
    }

    /**
     * How long calls took.
     *
     * @param p50Millis half of the calls took no longer
     * @param p95Millis 95 of 100 calls took no longer
     * @param p99Millis 99 of 100 calls took no longer
     * @param maxMillis the longest call
     */
    record Latency(double p50Millis, double p95Millis, double p99Millis, double maxMillis) {
        static Latency of(Histogram nanos) {
            return new Latency(
                    nanos.getValueAtPercentile(50) / 1e6,
                    nanos.getValueAtPercentile(95) / 1e6,
                    nanos.getValueAtPercentile(99) / 1e6,
                    nanos.getMaxValue() / 1e6);
        }
    }

    /** The guard's counts before and after a window. */
    record Counts(GuardStatistics before, GuardStatistics after) {}

    static CallWindow of(Histogram nanos, double seconds, List<Long> editNanos, Counts counts) {
        return new CallWindow(
                nanos.getTotalCount() / seconds,
                Latency.of(nanos),
                editNanos.stream().map(each -> each / 1e6).toList(),
                counts.after().stale() - counts.before().stale(),
                counts.after().entitlementMisses() - counts.before().entitlementMisses(),
                nanos.getTotalCount());
    }

    double readsPerThousandCalls() {
        return 1_000.0 * catalogReads / calls;
    }

    double stalePerThousandCalls() {
        return 1_000.0 * stale / calls;
    }

    double stalePerEdit() {
        return (double) stale / editMillis.size();
    }
}
