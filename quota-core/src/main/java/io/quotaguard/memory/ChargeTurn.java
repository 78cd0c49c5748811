package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The turn of what charges, holds, resets or only asks. */
final class ChargeTurn extends Turn {
    private final Operation operation;
    /** Whether the answer was given already: then nothing is verified, and nothing is refused. */
    private final boolean answered;

    ChargeTurn(Command command, LockedLines locked, StoreParts parts, @Nullable Instant decidedAt) {
        super(command, locked, parts, decidedAt);
        this.operation = command.operation();
        this.answered = operation == Operation.POST || decidedAt != null;
    }

    @Override
    Outcome take() {
        Outcome early = operation == Operation.CHECK ? null : answerToKnownKey();
        if (early == null && !answered) {
            early = staleness(true);
        }
        if (early != null) {
            return early;
        }
        if (operation == Operation.UP_TO) {
            return takeUpTo();
        }
        for (LockedLine locked : lines) {
            locked.account().want(locked.line().amount());
        }
        early = objection();
        if (early != null) {
            return early;
        }
        return switch (operation) {
            case CHECK -> asFound();
            case HOLD -> hold();
            default -> charge(lines);
        };
    }

    /** Returns the refusal (R1, R4) or overflow (R6) that one line is enough for, or null when all pass (R3). */
    private @Nullable Outcome objection() {
        Outcome refusal = answered ? null : refusal(this::reason);
        // After the refusals: whatever a limit refuses is a refusal, be it beyond the largest sum too (R6).
        return refusal != null ? refusal : overflow();
    }

    /** A reset asks for no room, so only the standing can refuse it (R18). */
    private @Nullable RefusalReason reason(LockedLine locked) {
        if (operation == Operation.RESET) {
            Standing standing = locked.line().terms().standing();
            return standing == Standing.GRANTED ? null : RefusalReason.of(standing);
        }
        Account account = locked.account();
        return locked.line().refusal(account.wanted(), account.totals(), account.topUps());
    }

    private Outcome asFound() {
        List<Verdict> verdicts = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            verdicts.add(verdict(locked, null, 0));
        }
        return new Outcome.Accepted(verdicts, false, List.of());
    }

    private Outcome charge(LockedLine[] charged) {
        Postings postings = new Postings(command, command.metadata(), null);
        for (int i = 0; i < charged.length; i++) {
            LockedLine locked = charged[i];
            if (operation == Operation.RESET) {
                postings.add(i, locked, -locked.account().reset(), Account.Charge.PLAIN, null);
            } else {
                long units = locked.line().amount();
                Account.Charge charge = locked.account().charge(units);
                postings.add(i, locked, units, charge, null);
            }
        }
        return write(postings, alerts -> new Outcome.Accepted(postings.verdicts(), false, alerts));
    }

    /** Charges as many units of the use as every line has room for. */
    private Outcome takeUpTo() {
        long units = Units.MAX;
        for (LockedLine locked : lines) {
            if (locked.isUse()) {
                units = Math.min(units, locked.line().amount());
            }
        }
        for (LockedLine locked : lines) {
            units = Math.min(units, room(locked));
        }
        if (units == 0) {
            return refusedUpTo();
        }
        LockedLine[] scaled = new LockedLine[lines.length];
        for (int i = 0; i < lines.length; i++) {
            Line line = lines[i].line();
            if (line.rate() > Units.MAX / units) {
                return new Outcome.Rejected(InvalidQuotaArgumentException.of(
                        "R6", "amount", units, "at " + line.rate() + " each passes the largest sum, " + Units.MAX));
            }
            scaled[i] = new LockedLine(line.withAmount(units * line.rate()), lines[i].account());
            lines[i].account().want(units * line.rate());
        }
        Outcome overflow = overflow();
        return overflow != null ? overflow : charge(scaled);
    }

    /** Returns how many units of the use the line has room for. */
    private static long room(LockedLine locked) {
        Line line = locked.line();
        if (line.terms().standing() != Standing.GRANTED) {
            return 0;
        }
        Limit ceiling = locked.account().ceiling();
        long taken = locked.account().totals().taken();
        return ceiling.isUnlimited() ? Units.MAX : Math.max(0, ceiling.units() - taken) / line.rate();
    }

    private Outcome refusedUpTo() {
        Outcome refused = refusal(locked -> locked.line()
                .refusal(
                        locked.line().rate(),
                        locked.account().totals(),
                        locked.account().topUps()));
        if (refused == null) {
            throw new IllegalStateException("every line has room for a unit, and yet there is none");
        }
        return refused;
    }

    private Outcome hold() {
        Target target = command.target();
        if (target == null || target.ttl() == null) {
            throw new IllegalStateException("a hold needs a target with a time to live");
        }
        LockedLine use = use();
        Instant until = now.plus(target.ttl());
        Reservation reservation =
                new Reservation(target.id(), command.key(), use.line().amount(), command.metadata(), until);
        Postings postings = new Postings(command, command.metadata(), reservation);
        for (int i = 0; i < lines.length; i++) {
            lines[i].account().hold(lines[i].line().amount());
        }
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isUse()) {
                postings.add(i, lines[i], 0, Account.Charge.PLAIN, null);
            }
        }
        return write(postings, alerts -> held(reservation, alerts));
    }

    private Outcome held(Reservation reservation, List<Alert> alerts) {
        List<HeldLine> held = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            Line line = locked.line();
            held.add(new HeldLine(reservation, locked.account().opened(), line.origin(), line.amount()));
        }
        held.sort(Comparator.comparing(line -> line.origin() != null));
        reservation.hold(held);
        parts.meters().reservations().add(reservation);
        List<Verdict> verdicts = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            verdicts.add(verdict(locked, null, 0));
        }
        return new Outcome.Accepted(verdicts, false, alerts, reservation.expiresAt());
    }

    private LockedLine use() {
        for (LockedLine locked : lines) {
            if (locked.isUse()) {
                return locked;
            }
        }
        throw new IllegalStateException("a command is about some use");
    }
}
