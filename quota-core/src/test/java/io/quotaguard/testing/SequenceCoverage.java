package io.quotaguard.testing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which kinds of commands followed each other directly on one subject: what no sequence did, no sequence has tested. */
final class SequenceCoverage {
    private final Set<String> kinds = new TreeSet<>();
    private final Set<List<String>> pairs = new HashSet<>();
    private final Set<List<String>> pairsOfOutcomes = new HashSet<>();
    private long steps;

    void add(SequenceTranscript played) {
        Map<String, String> last = new HashMap<>();
        Map<String, String> lastOutcome = new HashMap<>();
        Set<String> everyone = new TreeSet<>();
        played.steps().forEach(step -> everyone.addAll(step.subjects()));
        steps += played.steps().size();
        for (int i = 0; i < played.steps().size(); i++) {
            Step step = played.steps().get(i);
            if (!step.isLook()) {
                kinds.add(step.kind());
                String outcome = step.kind() + " " + outcome(played.answers().get(i));
                for (String subject : step.subjects().isEmpty() ? everyone : step.subjects()) {
                    pairs.add(List.of(last.getOrDefault(subject, "start"), step.kind()));
                    pairsOfOutcomes.add(List.of(lastOutcome.getOrDefault(subject, "start"), outcome));
                    last.put(subject, step.kind());
                    lastOutcome.put(subject, outcome);
                }
            }
        }
    }

    /** The first word says what kind of answer it is. */
    private static String outcome(String answer) {
        return answer.split("[ :]", 2)[0];
    }

    private long pairs() {
        return pairs.stream().filter(pair -> !pair.get(0).equals("start")).count();
    }

    /** Returns how many of a hundred possible pairs there were. */
    long percent() {
        return pairs() * 100 / ((long) kinds.size() * kinds.size());
    }

    @Override
    public String toString() {
        return "%,d steps, %,d of %,d command pairs, %,d with their outcomes"
                .formatted(steps, pairs(), kinds.size() * kinds.size(), pairsOfOutcomes.size());
    }
}
