package io.quotaguard.memory;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The turn of what takes back some of an earlier use (R37): in the windows and on the counters that the use was charged to. */
final class CorrectTurn extends Turn {
    private final Target target;

    CorrectTurn(Command command, LockedLines locked, StoreParts parts) {
        super(command, locked, parts, null);
        Target about = command.target();
        if (about == null) {
            throw new IllegalStateException("a correction names what it corrects");
        }
        this.target = about;
    }

    @Override
    Outcome take() {
        Outcome known = answerToKnownKey();
        if (known != null) {
            return known;
        }
        LedgerEntry original = original();
        if (original == null) {
            return new Outcome.NotFound(target.id());
        }
        Outcome stale = staleness(false);
        if (stale != null) {
            return stale;
        }
        long net = original.counter().net(original).units();
        long asked = asked();
        if (asked > net) {
            return new Outcome.Rejected(InvalidQuotaArgumentException.of(
                    "R37",
                    "amount",
                    asked,
                    "is more than the " + net + " units that are left of the use; a correction only takes back"));
        }
        return correct(original);
    }

    private Outcome correct(LedgerEntry original) {
        Postings postings = new Postings(command, command.metadata(), null);
        for (int i = 0; i < lines.length; i++) {
            LockedLine locked = lines[i];
            LedgerEntry row = rowOf(original, locked);
            WindowCounter.Net net = row.counter().net(row);
            // What a reset took back is not there to be taken back again.
            boolean isReset = row.id() < row.counter().lastReset();
            long applied = isReset ? 0 : applied(net.units(), locked.line().amount());
            long overage = Math.min(applied, net.overage());
            Map<Long, Long> grants = lastFirst(net.grants(), applied - overage);
            locked.account().takeBack(applied, grants);
            Map<Long, Long> given = new LinkedHashMap<>();
            grants.forEach((grant, part) -> given.put(grant, -part));
            postings.add(i, locked, -applied, new Account.Charge(-overage, given), row);
        }
        return write(postings, alerts -> new Outcome.Accepted(postings.verdicts(), false, alerts));
    }

    /**
     * Returns what goes back of one row. By what is left of this very row: of the use's own nothing goes back after a reset,
     * so that it does not tell how often the others were corrected since.
     */
    private long applied(long net, long amount) {
        return command.operation() == Operation.CORRECT_TO ? Math.max(0, net - amount) : Math.min(net, amount);
    }

    /** Returns up to {@code units} of what came from grants, what was used last first. */
    private static Map<Long, Long> lastFirst(Map<Long, Long> grants, long units) {
        List<Map.Entry<Long, Long>> used = new ArrayList<>(grants.entrySet());
        Map<Long, Long> back = new LinkedHashMap<>();
        long open = units;
        for (int i = used.size() - 1; i >= 0; i--) {
            long part = Math.min(open, used.get(i).getValue());
            if (part > 0) {
                back.put(used.get(i).getKey(), part);
                open -= part;
            }
        }
        return back;
    }

    private long asked() {
        for (LockedLine locked : lines) {
            if (locked.isUse()) {
                return locked.line().amount();
            }
        }
        throw new IllegalStateException("a command is about some use");
    }

    private @Nullable LedgerEntry original() {
        for (LockedLine locked : lines) {
            WindowCounter counter = locked.isUse() ? locked.account().counter() : null;
            if (counter != null) {
                return counter.log().find(target.row());
            }
        }
        return null;
    }

    /** Returns what the line corrects: the row of the use, or the one on its behalf with the line's counter and origin. */
    private static LedgerEntry rowOf(LedgerEntry original, LockedLine locked) {
        if (locked.isUse()) {
            return original;
        }
        for (LedgerEntry entry : original.more().onBehalf()) {
            if (entry.counter() == locked.account().counter()) {
                return entry;
            }
        }
        throw new IllegalStateException("the lines of a correction are those of its use");
    }
}
