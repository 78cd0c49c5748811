package io.quotaguard;

import io.quotaguard.lease.Leases;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Takes the uses of leased features to their ends: from a slice, or else straight to the store. Thread-safe. */
final class LeasedCalls {
    /** How often a use that is refused because of slices asks again, each time after twice the wait. */
    private static final int ASKED_AGAIN = 5;

    private final Leases leases;
    private final Tally tally;
    private final LongConsumer parkNanos;

    LeasedCalls(Leases leases, Tally tally, LongConsumer parkNanos) {
        this.leases = leases;
        this.tally = tally;
        this.parkNanos = parkNanos;
    }

    /** A caller's own key goes to the store: only there can a retry be told. */
    boolean cover(Charge charge) {
        return charge.operation() == Operation.RECORD
                && charge.key().generated()
                && charge.items().size() == 1
                && leases.covers(charge.items().get(0).feature());
    }

    /** Takes a charge that is covered to its end. */
    Answer run(Charge charge, CallRunner straight, Deadline deadline) {
        Answer answer = once(charge, straight, deadline);
        Charge.Item item = charge.items().get(0);
        if (!isHeld(answer.decision())) {
            return answer;
        }
        // Of what is left, some lies in slices: it is spent soon, or goes back.
        Duration wait = leases.patience(item.subject(), item.feature()).dividedBy(1 << (ASKED_AGAIN - 1));
        if (wait.isZero()) {
            return answer;
        }
        leases.giveBack(item.subject(), item.feature());
        for (int asked = 0; asked < ASKED_AGAIN && isHeld(answer.decision()); asked++) {
            if (deadline.remaining().compareTo(wait) <= 0
                    || Thread.currentThread().isInterrupted()) {
                return answer;
            }
            parkNanos.accept(wait.toNanos());
            wait = wait.multipliedBy(2);
            tally.refused.decrement();
            answer = once(charge, straight, deadline);
        }
        if (isHeld(answer.decision())) {
            leases.waitedInVain(item.subject(), item.feature());
        }
        return answer;
    }

    private Answer once(Charge charge, CallRunner straight, Deadline deadline) {
        Charge.Item item = charge.items().get(0);
        Decision decision = leases.spend(
                item.subject(), item.feature(), item.amount(), charge.key().text(), charge.metadata(), deadline);
        if (decision != null) {
            tally.allowed.increment();
            return new Answer(decision, null, false);
        }
        Answer answer = straight.straight(charge, deadline);
        leases.learn(answer.decision());
        return answer;
    }

    private static boolean isHeld(Decision decision) {
        return !decision.allowed() && decision.reason().orElseThrow() == RefusalReason.HELD;
    }
}
