package io.quotaguard;

import io.quotaguard.model.HeldUnits.HeldLine;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Units;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call about what was held or charged earlier: in the windows and on the counters of then (R36), whoever would be
 * charged today. Immutable.
 *
 * @param units of the use itself; 0 when none are charged or taken back
 * @param earlier the counters of then, that of the use itself first
 */
record Settlement(
        Operation operation, Key key, long units, List<HeldLine> earlier, Map<String, String> metadata, Target target)
        implements Call {

    @Override
    public Command resolve(Entitlements entitlements, Instant at, Deadline deadline) {
        HeldLine use = earlier.get(0);
        List<Line> today = entitlements
                .resolve(use.subject(), use.feature(), 0, at, deadline)
                .lines();
        List<Line> lines = new ArrayList<>(earlier.size());
        for (HeldLine line : earlier) {
            Terms terms = terms(line, today, entitlements, at, deadline);
            lines.add(new Line(
                    line.subject(),
                    line.feature(),
                    amount(rate(line.origin())),
                    terms.forEarlier(line.window()),
                    line.origin()));
        }
        return new Command(operation, key.text(), lines, metadata, target);
    }

    private long amount(long rate) {
        if (units > Units.MAX / rate) {
            throw InvalidQuotaArgumentException.of(
                    "R6", "amount", units, "at " + rate + " each passes the largest sum, " + Units.MAX);
        }
        return units * rate;
    }

    /** The limits that count are today's (R34); of a pool that the subject has left, the pool's own. */
    private static Terms terms(
            HeldLine line, List<Line> today, Entitlements entitlements, Instant at, Deadline deadline) {
        for (Line same : today) {
            if (same.subject().equals(line.subject()) && same.feature().equals(line.feature())) {
                return same.terms();
            }
        }
        return entitlements
                .resolve(line.subject(), line.feature(), 0, at, deadline)
                .lines()
                .get(0)
                .terms();
    }

    private static long rate(@Nullable Origin origin) {
        return origin == null ? 1 : origin.rate();
    }
}
