package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("One counter of the memory store under many interleavings")
class MemoryStoreLincheckTest {
    /** The store itself, with holds. */
    public static class Sound extends StoreOperations {
        final QuotaStore store = memory();

        @Override
        Outcome execute(Command command, Deadline deadline) {
            return store.execute(List.of(command), deadline).get(0);
        }

        @org.jetbrains.lincheck.datastructures.Operation
        public String hold(@Param(name = "units") int amount, @Param(name = "key") int key) {
            return send(Operation.HOLD, "hold " + key, amount, hold("hold " + key, Duration.ofMinutes(5)));
        }

        @org.jetbrains.lincheck.datastructures.Operation
        public String release(@Param(name = "key") int key) {
            return send(Operation.RELEASE, "hold " + key, 1, hold("hold " + key, null));
        }
    }

    /** Its twin that decides in one step and counts in another. */
    public static class CheckThenAct extends Sound {
        @Override
        Outcome execute(Command command, Deadline deadline) {
            if (command.operation() != Operation.RECORD) {
                return super.execute(command, deadline);
            }
            Outcome check = super.execute(as(Operation.CHECK, command), deadline);
            boolean fits = check instanceof Outcome.Accepted;
            LockSupport.parkNanos(1000);
            return super.execute(fits ? as(Operation.POST, command) : command, deadline);
        }

        private static Command as(Operation operation, Command command) {
            return new Command(operation, command.key(), command.lines(), command.metadata());
        }
    }

    @Test
    @DisplayName("R1, R7, R34: uses, checks, holds and releases of one counter happen one after the other")
    void isLinearizable() {
        Scenarios.ofStore().check(Sound.class);
    }

    @Test
    @DisplayName("R1: a store that checks and then acts is found out")
    void plantedRaceIsFound() {
        assertThatThrownBy(() -> Scenarios.ofStore().check(CheckThenAct.class))
                .isInstanceOf(LincheckAssertionError.class);
    }
}
