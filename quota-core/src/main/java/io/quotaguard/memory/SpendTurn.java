package io.quotaguard.memory;

import io.quotaguard.model.ReservationState;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
        boolean replayed = !spending.uses().isEmpty()
                && use.remembered(spending.uses().get(0).key()) != null;
        boolean alive = reservation.stateAt(now) == ReservationState.HELD;
        if (alive) {
            use.account().free(Math.max(0, reservation.units() - spending.left()));
        }
        // All in one go: a spending that finds no room half way would leave uses that are charged and held as well.
        return write(replayed ? List.of() : charged(), alerts -> {
            if (alive) {
                reservation.keep(spending.left());
            }
            Instant until = alive && spending.left() > 0 ? reservation.expiresAt() : null;
            return new Outcome.Accepted(List.of(verdict(use, null, 0)), replayed, alerts, until);
        });
    }

    /** Returns the row of each use, which has a key of its own. */
    private List<Postings> charged() {
        List<Postings> charged = new ArrayList<>(spending.uses().size());
        for (Spending.Spent spent : spending.uses()) {
            Command one = new Command(
                    Operation.RECORD, spent.key(), List.of(use.line().withAmount(spent.amount())), spent.metadata());
            Postings postings = new Postings(one, one.metadata(), null);
            postings.add(0, use, spent.amount(), use.account().charge(spent.amount()), null);
            charged.add(postings);
        }
        return charged;
    }
}
