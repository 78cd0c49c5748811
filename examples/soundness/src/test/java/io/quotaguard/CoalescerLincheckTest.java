package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.DelegatingStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The coalescer under many interleavings")
class CoalescerLincheckTest {
    /** One call goes straight, others share the trips of one lane. */
    private static final Coalescing NARROW = new Coalescing(1, 1, 2, 10);

    /** The coalescer itself. */
    public static class Sound extends StoreOperations {
        private final Coalescer coalescer;

        public Sound() {
            this(memory());
        }

        Sound(QuotaStore store) {
            coalescer = new Coalescer(store, NARROW);
        }

        @Override
        Outcome execute(Command command, Deadline deadline) {
            return coalescer.execute(command, deadline);
        }
    }

    /** Hands the outcomes of a shared trip to the wrong callers. */
    public static class Crossed extends Sound {
        public Crossed() {
            super(new DelegatingStore(memory()) {
                @Override
                public List<Outcome> execute(List<Command> commands, Deadline deadline) {
                    List<Outcome> outcomes = new ArrayList<>(super.execute(commands, deadline));
                    Collections.reverse(outcomes);
                    return outcomes;
                }
            });
        }
    }

    @Test
    @DisplayName("R1, R7: each caller gets the outcome of its own command, in an order that agrees with the real one")
    void isLinearizable() {
        Scenarios.ofStore().threads(3).check(Sound.class);
    }

    @Test
    @DisplayName("R1: outcomes that go to the wrong callers are found out")
    void crossedOutcomesAreFound() {
        assertThatThrownBy(() -> Scenarios.ofStore().threads(3).check(Crossed.class))
                .isInstanceOf(LincheckAssertionError.class);
    }
}
