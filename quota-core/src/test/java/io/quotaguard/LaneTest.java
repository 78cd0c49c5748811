package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import io.quotaguard.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R45: a lane")
class LaneTest extends CoalescerGroup {
    private static final Outcome DONE =
            new Outcome.Rejected(InvalidQuotaArgumentException.of("R6", "amount", 0, "is what this test carries"));

    private final List<Caller> late = new ArrayList<>();
    private final Lane lane = new Lane(new OneWay(), new Coalescing(1, 1, 4, 100), new AtomicInteger(), new Gap());

    @Test
    @DisplayName("R45: who comes after the leader has looked for others, and before it has gone, is not forgotten")
    void inTheGap() {
        assertThat(call("first")).isSameAs(DONE);
        assertThat(late)
                .hasSize(1)
                .allSatisfy(caller -> assertThat(caller.outcome()).isSameAs(DONE));
        Await.until("nobody leads any more", () -> !lane.isBusy());
    }

    private Outcome call(String key) {
        Passenger passenger = new Passenger(use(key), Deadline.after(Await.PATIENCE.dividedBy(2)));
        assertThat(lane.join(passenger)).isTrue();
        Outcome outcome = lane.ride(passenger);
        assertThat(outcome).isNotNull();
        return outcome == null ? new Outcome.Unknown(new IllegalStateException("sent back")) : outcome;
    }

    /** A queue in which a leader, as soon as it finds nobody there any more, is overtaken by another call. */
    private final class Gap extends ConcurrentLinkedQueue<Passenger> {
        private static final long serialVersionUID = 1;

        @Override
        public @Nullable Passenger peek() {
            Passenger first = super.peek();
            if (first == null && late.isEmpty()) {
                late.add(Caller.start(() -> call("late")).waiting());
            }
            return first;
        }
    }

    /** Carries nothing anywhere. */
    private static final class OneWay implements Lane.Carrier {
        @Override
        public void carry(List<Passenger> passengers, Deadline deadline) {
            passengers.forEach(passenger -> passenger.arrive(DONE));
        }

        @Override
        public String storeName() {
            return "nowhere";
        }
    }
}
