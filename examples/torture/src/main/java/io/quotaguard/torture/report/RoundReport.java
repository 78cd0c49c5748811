package io.quotaguard.torture.report;

import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.check.Invariant;
import io.quotaguard.torture.check.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one round came to.
 *
 * @param calls that ended
 * @param figures what the checker counted
 * @param broken how often each promise was broken; those with a story are in {@code violations}
 * @param failed what came to no good end, and what the round was too small to prove
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

    /** Tells of each feature how many of those who asked for units were refused. */
    public String refusals() {
        return figures.keySet().stream()
                .filter(name -> name.startsWith(Findings.ASKED))
                .map(name -> name.substring(Findings.ASKED.length()))
                .sorted()
                .map(feature -> feature + " " + figures.get(Findings.REFUSED + feature) + " of "
                        + figures.get(Findings.ASKED + feature))
                .collect(Collectors.joining(", "));
    }

    /** Tells what became of the alerts. */
    public String deliveries() {
        return String.format(
                Locale.ROOT,
                "%d alerts, %d delivered, %d delivered again, %d failed by the listener, %d in the hands of a process that died",
                figure("alerts"),
                figure("alerts delivered"),
                figure("alerts delivered again"),
                figure("alerts failed by the listener"),
                figure("alerts in the hands of a process that died"));
    }

    private long figure(String name) {
        return figures.getOrDefault(name, 0L);
    }

    public boolean kept() {
        return broken.isEmpty() && failed.isEmpty();
    }
}
