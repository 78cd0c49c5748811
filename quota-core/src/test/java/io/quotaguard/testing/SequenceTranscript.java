package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of a random sequence of public calls, line by line: the same seed gives equal transcripts on every store
 * that obeys the rules, and on a plain model of them.
 *
 * @param seed what the steps were made from
 * @param lines one per step, the step and its answer; then what each subject has in the end
 */
public record SequenceTranscript(long seed, List<String> lines) {
    /** How many sequences with consecutive seeds one fixture takes: each starts later than the one before ends. */
    public static final int PER_FIXTURE = 50;

    public SequenceTranscript {
        lines = List.copyOf(lines);
    }

    /**
     * Plays a sequence on a store.
     *
     * @param fixture a fresh one, or one that has taken fewer than {@link #PER_FIXTURE} sequences, the last with the
     *     seed before this one
     * @param quota a guard over its store
     */
    public static SequenceTranscript of(StoreFixture fixture, QuotaGuard quota, long seed, int steps) {
        StepGenerator generator = new StepGenerator(seed);
        return play(new GuardPlayer(fixture, quota, generator), generator, seed, steps);
    }

    /** Plays a sequence on the model. */
    public static SequenceTranscript ofModel(long seed, int steps) {
        StepGenerator generator = new StepGenerator(seed);
        return play(new ModelQuota(generator), generator, seed, steps);
    }

    private static SequenceTranscript play(Step.Player player, StepGenerator generator, long seed, int steps) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            Step step = generator.next();
            lines.add(step + "\n    " + player.play(step));
        }
        for (String subject : generator.subjects()) {
            Step step = new Step.Look(subject);
            lines.add(step + "\n    " + player.play(step));
        }
        return new SequenceTranscript(seed, lines);
    }

    /**
     * Compares with what is expected.
     *
     * @throws AssertionError with the seed and the steps up to the first that differs
     */
    public void assertEquals(SequenceTranscript expected) {
        for (int i = 0; i < Math.max(lines.size(), expected.lines.size()); i++) {
            String mine = i < lines.size() ? lines.get(i) : "nothing";
            String theirs = i < expected.lines.size() ? expected.lines.get(i) : "nothing";
            if (!mine.equals(theirs)) {
                throw new AssertionError("seed " + seed + " differs at step " + (i + 1) + "\n"
                        + String.join("\n", lines.subList(0, i)) + "\nexpected " + theirs + "\nbut was  " + mine);
            }
        }
    }
}
