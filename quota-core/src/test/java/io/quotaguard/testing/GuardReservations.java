package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Decision;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.testing.Step.Named;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The reservations of a sequence: made by one guard, and ended by it or by another. */
final class GuardReservations {
    private final GuardPair guards;
    private final Consumer<Instant> clock;
    private final InstantSource time;

    /** What the first guard was handed, allowed or not. */
    private final Map<Named, Reservation> made = new HashMap<>();

    GuardReservations(GuardPair guards, Consumer<Instant> clock, InstantSource time) {
        this.guards = guards;
        this.clock = clock;
        this.time = time;
    }

    /** That the work failed which a reservation was made for. */
    static final class WorkFailedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    String hold(Step.Hold hold) {
        Step.Item item = hold.item();
        Reservation reservation =
                guards.first().reserve(GuardPlayer.usage(item).key(hold.key()).with("for", hold.key()), hold.ttl());
        made.put(new Named(item.subject(), item.feature(), hold.key()), reservation);
        Decision decision = reservation.decision();
        return SequenceText.decision(decision) + (decision.allowed() ? " until " + reservation.expiresAt() : "");
    }

    String call(Step.Call call) throws Exception {
        QuotaGuard quota = guards.first();
        return quota.call(GuardPlayer.usage(call.item()).key(call.key()), call.ttl(), () -> {
            switch (call.ending()) {
                case THROWS -> throw new WorkFailedException();
                case TAKES_TOO_LONG -> clock.accept(time.instant().plus(call.ttl()));
                default -> {}
            }
            return "done";
        });
    }

    String settle(Step.Settle settle) {
        Reservation reservation = settle.resumed()
                ? guards.second().reservation(id(settle.held())).orElse(null)
                : made.get(settle.held());
        return reservation == null ? "nothing" : settle(settle.how(), reservation);
    }

    private static String settle(Step.Settling how, Reservation reservation) {
        if (how instanceof Step.Commit commit) {
            return SequenceText.decision(commit(reservation, commit.units(), commit.more()));
        } else if (how instanceof Step.Release) {
            reservation.release();
        } else if (how instanceof Step.Close) {
            reservation.close();
        } else if (how instanceof Step.Extend extend) {
            return "until " + reservation.extend(extend.ttl());
        } else {
            // How things stand beside it is told by the next look.
            return "found " + reservation.decision().granted() + " held until " + reservation.expiresAt();
        }
        return "done";
    }

    private static Decision commit(Reservation reservation, @Nullable Long units, boolean more) {
        if (units == null) {
            return reservation.commit();
        }
        return more ? reservation.commitAllowingMore(units) : reservation.commit(units);
    }

    private static String id(Named held) {
        return KeyIdentity.of(held.subject(), held.feature(), held.key()).toString();
    }
}
