package io.quotaguard.lease;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A slice under every interleaving")
class SliceLincheckTest {
    private static final int SCENARIOS = Integer.getInteger("soundness.scenarios", 5);
    private static final int RUNS = Integer.getInteger("soundness.runs", 200);

    /** The slice itself. */
    public static class Sound extends SliceOperations {
        private final Slice slice = slice(() -> 0);

        @Override
        @Nullable
        Decision spend(Spent use) {
            return slice.spend(use, MOST_WAITING);
        }

        @Override
        Slice.Taken take(long keep) {
            return slice.take(keep);
        }
    }

    /** Its twin that looks and then writes, where the slice compares and sets. */
    public static class Torn extends SliceOperations {
        private volatile Spent top = Spent.nothing(UNITS);

        @Override
        @Nullable
        Decision spend(Spent use) {
            Spent last = top;
            if (last.left < use.amount || last.depth >= MOST_WAITING) {
                return null;
            }
            use.follow(last);
            top = use;
            return decision(use);
        }

        private static @Nullable Decision decision(Spent use) {
            // A slice with as much spent decides the same.
            Slice same = slice(() -> 0);
            return same.spend(new Spent(use.key, UNITS - use.left, Map.of()), MOST_WAITING);
        }

        @Override
        Slice.Taken take(long keep) {
            Spent last = top;
            top = Spent.nothing(Math.min(last.left, keep));
            List<io.quotaguard.spi.Spending.Spent> uses = new ArrayList<>();
            for (Spent use = last; use != null; use = use.before) {
                if (use.isUse()) {
                    uses.add(0, new io.quotaguard.spi.Spending.Spent(use.key, use.amount, use.metadata));
                }
            }
            return new Slice.Taken(uses, Math.min(last.left, keep));
        }
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(SCENARIOS)
                .invocationsPerIteration(RUNS)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false);
    }

    @Test
    @DisplayName("R1, R42: spending and taking off happen one after the other, whoever is stopped where")
    void isLinearizable() {
        options().check(Sound.class);
    }

    @Test
    @DisplayName("R1, R42: a slice that looks and then writes is found out")
    void plantedRaceIsFound() {
        assertThatThrownBy(() -> options().check(Torn.class)).isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    @DisplayName(
            "R35, R42: a use that is told of is posted once and one that is refused never, though the slice ends meanwhile")
    void end() {
        Lincheck.runConcurrentTest(RUNS, () -> {
            AtomicLong nanos = new AtomicLong();
            Slice slice = SliceOperations.slice(nanos::get);
            List<Slice.Taken> taken = new ArrayList<>();
            boolean[] told = new boolean[1];
            Thread caller = new Thread(() ->
                    told[0] = slice.spend(new Spent("key", 2, Map.of()), SliceOperations.MOST_WAITING) != null);
            Thread time = new Thread(() -> nanos.set(SliceOperations.STOP_NANOS));
            caller.start();
            time.start();
            taken.add(slice.take(0));
            join(caller);
            join(time);
            taken.add(slice.take(0));
            int posted = taken.stream().mapToInt(part -> part.uses().size()).sum();
            // No library's assertion: each would be looked into as well.
            if (posted != (told[0] ? 1 : 0)) {
                throw new AssertionError("told of " + told[0] + ", posted " + posted);
            }
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
