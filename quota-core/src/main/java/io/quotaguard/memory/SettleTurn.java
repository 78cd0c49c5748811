package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The turn of what ends or extends a hold (R34 to R36). */
final class SettleTurn extends Turn {
    private final Operation operation;
    private final Target target;

    SettleTurn(Command command, LockedLines locked, StoreParts parts) {
        super(command, locked, parts, null);
        this.operation = command.operation();
        Target about = command.target();
        if (about == null) {
            throw new IllegalStateException("a command that settles names its reservation");
        }
        this.target = about;
    }

    @Override
    Outcome take() {
        Reservation reservation = parts.meters().reservations().get(target.id());
        if (reservation == null) {
            return new Outcome.NotFound(target.id());
        }
        return switch (reservation.stateAt(now)) {
            case HELD -> settle(reservation);
            case EXPIRED -> late();
            case COMMITTED -> again(reservation, ReservationState.COMMITTED, isSameCommit(reservation));
            case RELEASED -> again(reservation, ReservationState.RELEASED, operation == Operation.RELEASE);
        };
    }

    private Outcome settle(Reservation reservation) {
        if (operation == Operation.RELEASE) {
            free(reservation);
            return write(new Postings(command, reservation.metadata(), null), alerts -> {
                reservation.release();
                return new Outcome.Accepted(asFound(), false, alerts);
            });
        } else if (operation == Operation.EXTEND) {
            Instant until = now.plus(ttl());
            if (until.isAfter(reservation.expiresAt())) {
                reservation.extend(until);
            }
            return new Outcome.Accepted(asFound(), false, List.of(), reservation.expiresAt());
        }
        Outcome stale = staleness(false);
        return stale != null ? stale : commit(reservation);
    }

    private Duration ttl() {
        if (target.ttl() == null) {
            throw new IllegalStateException("an extension needs a time to live");
        }
        return target.ttl();
    }

    private Outcome commit(Reservation reservation) {
        long units = units();
        long more = units - reservation.units();
        if (more > 0 && operation == Operation.COMMIT) {
            return new Outcome.Rejected(InvalidQuotaArgumentException.of(
                    "R34",
                    "amount",
                    units,
                    "is more than the " + reservation.units()
                            + " units held; commitAllowingMore asks whether there is room for more"));
        }
        for (LockedLine locked : lines) {
            locked.account().want(Math.max(0, more) * locked.line().rate());
        }
        Outcome objection = more > 0 ? refusal(this::reason) : null;
        objection = objection == null ? overflow() : objection;
        if (objection != null) {
            return objection;
        }
        free(reservation);
        Postings postings = new Postings(command, reservation.metadata(), null);
        for (int i = 0; i < lines.length; i++) {
            long amount = lines[i].line().amount();
            postings.add(i, lines[i], amount, lines[i].account().charge(amount), null);
        }
        return write(postings, alerts -> {
            reservation.commit(postings.uses());
            return new Outcome.Accepted(postings.verdicts(), false, alerts);
        });
    }

    /** What the hold keeps itself is not in its way. */
    private @Nullable RefusalReason reason(LockedLine locked) {
        Account account = locked.account();
        long own = locked.line().amount() - account.wanted();
        Counter others = new Counter(account.used(), account.totals().held() - own);
        return locked.line().refusal(locked.line().amount(), others, account.topUps());
    }

    private void free(Reservation reservation) {
        for (HeldLine held : reservation.lines()) {
            accountOf(held).free(held.units());
        }
    }

    private Account accountOf(HeldLine held) {
        for (LockedLine locked : lines) {
            if (locked.account().counter() == held.counter()) {
                return locked.account();
            }
        }
        throw new IllegalStateException("the lines of a command that settles are those of its reservation");
    }

    /** Its time ran out (R35): a late commit is refused, anything else is too late as well. */
    private Outcome late() {
        Outcome refused = operation.commits() ? refusal(locked -> RefusalReason.EXPIRED) : null;
        return refused != null ? refused : new Outcome.Settled(ReservationState.EXPIRED);
    }

    private Outcome again(Reservation reservation, ReservationState state, boolean same) {
        if (!same) {
            return new Outcome.Settled(state);
        }
        return state == ReservationState.COMMITTED
                ? replay(reservation.charged(), null)
                : new Outcome.Accepted(asFound(), true, List.of());
    }

    private boolean isSameCommit(Reservation reservation) {
        return operation.commits() && reservation.charged().get(0).delta() == units();
    }

    /** Returns the units of the use itself. */
    private long units() {
        for (LockedLine locked : lines) {
            if (locked.isUse()) {
                return locked.line().amount();
            }
        }
        throw new IllegalStateException("a command is about some use");
    }

    private List<Verdict> asFound() {
        List<Verdict> verdicts = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            verdicts.add(verdict(locked, null, 0));
        }
        return verdicts;
    }
}
