package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * All of the rules at once: random sequences of calls against a plain model of them.
 *
 * <p>{@code -Dquota.sequences=20000} plays so many, {@code -Dquota.sequence.seed=17} begins with that seed, and
 * {@code -Dquota.sequence.steps=200} makes them longer. What fails fails again with its seed, and is made short.
 */
abstract class SequenceContract extends ContractGroup {
    private static final int ENOUGH = 2000;

    /** What the ordinary run has to come to; it is always the same, so a fall is a change of the steps. */
    private static final int PERCENT_OF_PAIRS = 95;

    private static final int STEPS = Integer.getInteger("quota.sequence.steps", 16);
    private static final long FIRST_SEED = Long.getLong("quota.sequence.seed", 0);
    private static final int SEQUENCES = Integer.getInteger("quota.sequences", ENOUGH);

    SequenceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R1-R42: random sequences of calls come out as they do on a plain model of the rules")
    void comesOutAsOnTheModel() {
        SequenceCoverage coverage = new SequenceCoverage();
        long end = FIRST_SEED + SEQUENCES;
        for (long seed = FIRST_SEED; seed < end; ) {
            try (StoreFixture fresh = newFixture();
                    GuardPair guards = GuardPair.over(fresh, TIMEOUT)) {
                long last = Math.min(end, nextFixture(seed));
                for (; seed < last; seed++) {
                    coverage.add(play(fresh, guards, seed));
                }
                assertThat(fresh.store().ledger().verify(deadline())).as("R42").isEmpty();
            }
        }
        System.out.printf("SequenceContract: %,d sequences, %s%n", SEQUENCES, coverage);
        if (SEQUENCES >= ENOUGH) {
            assertThat(coverage.percent()).as("%s", coverage).isGreaterThanOrEqualTo(PERCENT_OF_PAIRS);
        }
    }

    private SequenceTranscript play(StoreFixture fixture, GuardPair guards, long seed) {
        StepGenerator generator = new StepGenerator(seed);
        List<Step> steps = generator.steps(STEPS);
        SequenceStart start = generator.start(steps);
        SequenceTranscript played = SequenceTranscript.of(new GuardPlayer(fixture, guards, start), steps);
        int different = played.firstDifference(model(start, steps));
        if (different >= 0) {
            throw shrunk(seed, start, steps.subList(0, different + 1), played);
        }
        return played;
    }

    private static SequenceTranscript model(SequenceStart start, List<Step> steps) {
        return SequenceTranscript.of(new ModelQuota(start), steps);
    }

    private AssertionError shrunk(long seed, SequenceStart start, List<Step> failing, SequenceTranscript amongOthers) {
        List<Step> shortest = new SequenceShrinker(
                        steps -> alone(start, steps).firstDifference(model(start, steps)) >= 0)
                .shrink(failing);
        SequenceTranscript played = alone(start, shortest);
        SequenceTranscript expected = model(start, shortest);
        if (played.firstDifference(expected) < 0) {
            return new AssertionError("seed " + seed + " fails only after the sequences before it, at step "
                    + failing.size() + "\n" + amongOthers.script(model(start, amongOthers.steps())));
        }
        return new AssertionError(
                "seed " + seed + " fails, and so do " + shortest.size() + " of its steps\n" + played.script(expected));
    }

    /** Plays steps on a store of their own. */
    private SequenceTranscript alone(SequenceStart start, List<Step> steps) {
        try (StoreFixture fresh = newFixture();
                GuardPair guards = GuardPair.over(fresh, TIMEOUT)) {
            return SequenceTranscript.of(new GuardPlayer(fresh, guards, start), steps);
        }
    }

    private static long nextFixture(long seed) {
        return (Math.floorDiv(seed, SequenceTranscript.PER_FIXTURE) + 1) * SequenceTranscript.PER_FIXTURE;
    }
}
