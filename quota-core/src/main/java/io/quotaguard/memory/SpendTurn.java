package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import io.quotaguard.model.ReservationState;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The turn of uses that are charged out of a hold. What was allowed is charged, also when the hold has ended meanwhile. */
final class SpendTurn extends Turn {
    private final Target target;
    private final Spending spending;
    private final LockedLine use;

    SpendTurn(Command command, LockedLines locked, StoreParts parts) {
        super(command, locked, parts, null);
        Target about = command.target();
        if (about == null || about.spending() == null || lines.length != 1) {
            throw new IllegalStateException("a spending is of one counter, and names its reservation and its uses");
        }
        this.target = about;
        this.spending = about.spending();
        this.use = lines[0];
    }

    @Override
    Outcome take() {
        Reservation reservation = parts.meters().reservations().get(target.id());
        if (reservation == null) {
            return new Outcome.NotFound(target.id());
        }
        List<Spending.Spent> fresh = new ArrayList<>(spending.uses().size());
        for (Spending.Spent spent : spending.uses()) {
            if (use.remembered(spent.key()) == null) {
                fresh.add(spent);
            }
        }
        boolean replayed = fresh.isEmpty() && !spending.uses().isEmpty();
        List<Alert> alerts = new ArrayList<>();
        for (Spending.Spent spent : fresh) {
            Outcome written = charge(spent, alerts);
            if (!(written instanceof Outcome.Accepted)) {
                // What was written stays, and is held as well: the spending is sent again, and its keys are known then.
                return written;
            }
        }
        Instant until = keep(reservation);
        return new Outcome.Accepted(List.of(verdict(use, null, 0)), replayed, alerts, until);
    }

    /** Returns when what is left of the hold expires, or null when nothing is. */
    private @Nullable Instant keep(Reservation reservation) {
        if (reservation.stateAt(now) != ReservationState.HELD) {
            return null;
        }
        use.account().free(Math.max(0, reservation.units() - spending.left()));
        use.account().settle();
        reservation.keep(spending.left());
        return spending.left() == 0 ? null : reservation.expiresAt();
    }

    private Outcome charge(Spending.Spent spent, List<Alert> alerts) {
        Command one = new Command(
                Operation.RECORD, spent.key(), List.of(use.line().withAmount(spent.amount())), spent.metadata());
        Postings postings = new Postings(one, one.metadata(), null);
        postings.add(0, use, spent.amount(), use.account().charge(spent.amount()), null);
        return write(postings, fired -> {
            alerts.addAll(fired);
            return new Outcome.Accepted(postings.verdicts(), false, fired);
        });
    }
}
