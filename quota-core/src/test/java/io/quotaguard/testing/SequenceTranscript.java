package io.quotaguard.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of a random sequence of public calls, line by line: the same steps give equal transcripts on every store
 * that obeys the rules, and on a plain model of them.
 *
 * @param steps the steps that were taken
 * @param answers what came of each
 */
record SequenceTranscript(List<Step> steps, List<String> answers) {
    /** How many sequences with consecutive seeds one fixture takes: each starts later than the one before ends. */
    static final int PER_FIXTURE = 50;

    SequenceTranscript {
        steps = List.copyOf(steps);
        answers = List.copyOf(answers);
    }

    static SequenceTranscript of(Step.Player player, List<Step> steps) {
        return new SequenceTranscript(steps, steps.stream().map(player::play).toList());
    }

    /** Returns the index of the first step that came out otherwise than expected, or −1. */
    int firstDifference(SequenceTranscript expected) {
        for (int i = 0; i < steps.size(); i++) {
            if (!answers.get(i).equals(expected.answers.get(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Tells the steps as a script, and what came of the last one in both, from the first line that differs. */
    String script(SequenceTranscript expected) {
        int last = firstDifference(expected);
        List<String> script = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            script.add((i + 1) + ". " + steps.get(i));
            if (i < last) {
                script.add("   " + answers.get(i));
            }
        }
        List<String> was = answers.get(last).lines().toList();
        List<String> wanted = expected.answers.get(last).lines().toList();
        int line = 0;
        while (line < was.size() && line < wanted.size() && was.get(line).equals(wanted.get(line))) {
            line++;
        }
        script.add("expected " + (line < wanted.size() ? wanted.get(line).strip() : "no more"));
        script.add("but was  " + (line < was.size() ? was.get(line).strip() : "no more"));
        return String.join("\n", script);
    }
}
