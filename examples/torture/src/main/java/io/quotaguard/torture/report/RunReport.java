package io.quotaguard.torture.report;

import io.quotaguard.torture.check.Invariant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run came to.
 *
 * @param store which store was tortured
 * @param command with which it can be made again
 */
public record RunReport(String store, String command, List<RoundReport> rounds) {
    public boolean kept() {
        return rounds.stream().allMatch(RoundReport::kept);
    }

    public long calls() {
        return rounds.stream().mapToLong(RoundReport::calls).sum();
    }

    /** Returns what the checker counted, over all rounds; what begins with "most" is the largest. */
    public Map<String, Long> figures() {
        Map<String, Long> figures = new TreeMap<>();
        for (RoundReport round : rounds) {
            round.figures()
                    .forEach((name, units) ->
                            figures.merge(name, units, name.startsWith("most") ? Math::max : Long::sum));
        }
        return figures;
    }

    /** Returns how often each kind of fault was made. */
    public Map<String, Long> faults() {
        Map<String, Long> faults = new TreeMap<>();
        rounds.forEach(round -> round.faults().forEach(fault -> faults.merge(fault.fault(), 1L, Long::sum)));
        return faults;
    }

    public Map<Invariant, Integer> broken() {
        Map<Invariant, Integer> broken = new EnumMap<>(Invariant.class);
        rounds.forEach(
                round -> round.broken().forEach((invariant, times) -> broken.merge(invariant, times, Integer::sum)));
        return broken;
    }
}
