package io.quotaguard.torture.report;

import io.quotaguard.torture.check.Invariant;
import io.quotaguard.torture.check.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What one round came to.
 *
 * @param calls that ended
 * @param figures what the checker counted
 * @param broken how often each promise was broken; those with a story are in {@code violations}
 * @param failed processes that did not come to a good end
 */
public record RoundReport(
        long seed,
        long calls,
        Duration load,
        Duration check,
        List<Happened> faults,
        Map<String, Long> figures,
        Map<Invariant, Integer> broken,
        List<Violation> violations,
        List<String> failed) {

    /** A fault that was made. */
    public record Happened(String fault, String meaning, Duration at, Duration lasted) {}

    public boolean kept() {
        return broken.isEmpty() && failed.isEmpty();
    }
}
