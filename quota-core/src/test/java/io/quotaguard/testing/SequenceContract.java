package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** All of the rules at once: random sequences of calls against a plain model of them. */
abstract class SequenceContract extends ContractGroup {
    /** How many sequences are played; a release plays many more. */
    private static final int SEQUENCES = Integer.getInteger("quota.sequences", 200);

    private static final int STEPS = Integer.getInteger("quota.sequence.steps", 60);
    private static final long FIRST_SEED = Long.getLong("quota.sequence.seed", 0);

    SequenceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R1-R31: random sequences of calls come out as they do on a plain model of the rules")
    void comesOutAsOnTheModel() {
        long seed = FIRST_SEED;
        while (seed < FIRST_SEED + SEQUENCES) {
            try (StoreFixture fresh = newFixture();
                    QuotaGuard guard =
                            QuotaGuard.builder(fresh.store()).timeout(TIMEOUT).build()) {
                long end = Math.min(FIRST_SEED + SEQUENCES, nextFixture(seed));
                for (; seed < end; seed++) {
                    SequenceTranscript.of(fresh, guard, seed, STEPS)
                            .assertEquals(SequenceTranscript.ofModel(seed, STEPS));
                }
                assertThat(fresh.store().ledger().verify(deadline())).as("R42").isEmpty();
            }
        }
    }

    private static long nextFixture(long seed) {
        return (Math.floorDiv(seed, SequenceTranscript.PER_FIXTURE) + 1) * SequenceTranscript.PER_FIXTURE;
    }
}
