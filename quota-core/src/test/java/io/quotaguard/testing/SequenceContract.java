package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * All of the rules at once: random sequences of calls against a plain model of them.
 *
 * <p>{@code -Dquota.sequences=20000} plays so many, {@code -Dquota.sequence.seed=17} begins with that seed, and
 * {@code -Dquota.sequence.steps=200} makes them longer. What fails fails again with its seed.
 */
abstract class SequenceContract extends ContractGroup {
    /** How many sequences are played when nobody says: on a store behind a network only as many as fit the time. */
    private static final int ENOUGH = 200;

    private static final int AT_LEAST = 10;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);

    private static final int STEPS = Integer.getInteger("quota.sequence.steps", 60);
    private static final long FIRST_SEED = Long.getLong("quota.sequence.seed", 0);

    SequenceContract(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @DisplayName("R1-R31: random sequences of calls come out as they do on a plain model of the rules")
    void comesOutAsOnTheModel() {
        Integer wanted = Integer.getInteger("quota.sequences");
        long start = System.nanoTime();
        long seed = FIRST_SEED;
        boolean more = true;
        while (more) {
            try (StoreFixture fresh = newFixture();
                    QuotaGuard guard =
                            QuotaGuard.builder(fresh.store()).timeout(TIMEOUT).build()) {
                long last = nextFixture(seed);
                while (more && seed < last) {
                    SequenceTranscript.of(fresh, guard, seed, STEPS)
                            .assertEquals(SequenceTranscript.ofModel(seed, STEPS));
                    seed++;
                    more = wanted != null ? seed - FIRST_SEED < wanted : goesOn(seed - FIRST_SEED, start);
                }
                assertThat(fresh.store().ledger().verify(deadline())).as("R42").isEmpty();
            }
        }
    }

    private static boolean goesOn(long played, long startNanos) {
        boolean inTime = System.nanoTime() - startNanos < LONG_ENOUGH.toNanos();
        return played < AT_LEAST || (played < ENOUGH && inTime);
    }

    private static long nextFixture(long seed) {
        return (Math.floorDiv(seed, SequenceTranscript.PER_FIXTURE) + 1) * SequenceTranscript.PER_FIXTURE;
    }
}
