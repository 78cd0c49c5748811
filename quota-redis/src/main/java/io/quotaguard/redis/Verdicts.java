package io.quotaguard.redis;

import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Outcome.Stale;
import java.util.ArrayList;
import java.util.List;

/** Outcomes of answers that end a command. */
final class Verdicts {
    /** Before the totals stands the entry of the stream. */
    private static final int AFTER_ENTRY = 1;

    private Verdicts() {}

    static Outcome accepted(Command command, ChargeAnswer answer) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < command.lines().size(); i++) {
            Line line = command.lines().get(i);
            Counter totals = answer.totals(AFTER_ENTRY, i);
            verdicts.add(
                    command.operation() == Operation.CHECK
                            ? line.verdict(null, totals, 0, 0, null)
                            : KeptAnswer.charged(line, totals.used()));
        }
        return new Outcome.Accepted(verdicts, false, List.of());
    }

    static Outcome refused(Command command, ChargeAnswer answer) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < command.lines().size(); i++) {
            Line line = command.lines().get(i);
            Counter totals = answer.totals(0, i);
            RefusalReason reason = line.refusal(asked(command, line), totals, 0);
            verdicts.add(line.verdict(reason, totals, 0, 0, null));
        }
        return new Outcome.Refused(verdicts);
    }

    /** Lines of one counter fit when they fit together (R40). */
    private static long asked(Command command, Line line) {
        long asked = 0;
        for (Line other : command.lines()) {
            if (other.sharesOwner(line)
                    && other.terms().window().equals(line.terms().window())) {
                asked += other.amount();
            }
        }
        return asked;
    }

    static Outcome tooMuch(Command command, ChargeAnswer answer) {
        Line line = command.lines().get(answer.line());
        long taken = answer.totals(AFTER_ENTRY, answer.line()).taken();
        return new Outcome.Rejected(InvalidQuotaArgumentException.of(
                "R6",
                "amount",
                asked(command, line),
                "beside " + taken + " units of " + InvalidQuotaArgumentException.escape(line.subject()) + " / "
                        + InvalidQuotaArgumentException.escape(line.feature()) + " would pass the largest sum, "
                        + Units.MAX));
    }

    static Outcome conflict(Command command, ChargeAnswer answer) {
        Line line = command.lines().get(answer.line());
        return new Outcome.Conflict(line.subject(), line.feature());
    }

    static Outcome stale(Command command, ChargeAnswer answer, Stale.Cause cause) {
        return new Stale(command.lines().get(answer.line()).subject(), cause, answer.now());
    }

    /** Tells whether a use may have fired alerts: whether a line climbs over a threshold. */
    static boolean crosses(Outcome.Accepted accepted, Command command) {
        for (int i = 0; i < command.lines().size(); i++) {
            Line line = command.lines().get(i);
            long after = accepted.verdicts().get(i).counter().used();
            for (int percent : line.terms().thresholds().percents()) {
                if (line.terms().limit().reached(after, percent)
                        && !line.terms().limit().reached(after - line.amount(), percent)) {
                    return true;
                }
            }
        }
        return false;
    }
}
