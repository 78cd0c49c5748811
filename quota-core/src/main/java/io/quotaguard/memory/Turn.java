package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command's turn at its meters, all of which are locked: known key, verification, decision, writing, in this order.
 *
 * <p>Whatever can fail happens before the first write, so that a turn happens as a whole or not at all (R3, R10).
 */
final class Turn {
    private final Command command;
    private final Operation operation;
    private final LockedLine[] lines;
    private final StoreParts parts;
    private final Instant now;
    private int opened;

    /** Begins the turn; the clock is read here, after the meters were locked (R19). */
    Turn(Command command, LockedLine[] lines, StoreParts parts) {
        this.command = command;
        this.operation = command.operation();
        this.lines = lines;
        this.parts = parts;
        this.now = parts.clock().instant();
    }

    Instant now() {
        return now;
    }

    /** Returns how many counters the turn opened. */
    int opened() {
        return opened;
    }

    Outcome take() {
        long fingerprint =
                operation == Operation.CHECK ? 0 : command.fingerprint().value();
        Outcome early = operation == Operation.CHECK ? null : answerToKnownKey(fingerprint);
        if (early == null && operation != Operation.POST) {
            early = staleness();
        }
        if (early == null) {
            early = objection();
        }
        if (early != null) {
            return early;
        }
        return operation == Operation.CHECK ? asFound() : write(fingerprint);
    }

    /** Returns the original answer to a repeated request (R7), a conflict for a key used otherwise (R8), or null. */
    private @Nullable Outcome answerToKnownKey(long fingerprint) {
        int known = 0;
        for (LockedLine locked : lines) {
            known += locked.remembered(command.key()) == null ? 0 : 1;
        }
        return known == 0 ? null : answerToKnownKey(fingerprint, known == lines.length);
    }

    private Outcome answerToKnownKey(long fingerprint, boolean onAllLines) {
        List<Verdict> verdicts = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            LedgerEntry entry = locked.remembered(command.key());
            if (entry != null) {
                if (!onAllLines || entry.fingerprint() != fingerprint) {
                    return new Outcome.Conflict(
                            locked.line().subject(), locked.line().feature());
                }
                verdicts.add(entry.verdict());
            }
        }
        return new Outcome.Accepted(verdicts, true, List.of());
    }

    private @Nullable Outcome staleness() {
        for (LockedLine locked : lines) {
            Line line = locked.line();
            if (!line.terms().holdAt(now)) {
                return new Outcome.Stale(line.subject(), Outcome.Stale.Cause.CLOCK, now);
            }
            if (!parts.catalog().confirms(line.subject(), line.terms().version())) {
                return new Outcome.Stale(line.subject(), Outcome.Stale.Cause.CATALOG, now);
            }
        }
        return null;
    }

    /** Returns the refusal (R1, R4) or overflow (R6) that one line is enough for, or null when all pass (R3). */
    private @Nullable Outcome objection() {
        if (operation != Operation.POST) {
            for (LockedLine locked : lines) {
                if (locked.refusal(operation) != null) {
                    return refused();
                }
            }
        }
        // After the refusals: whatever a limit refuses is a refusal, be it beyond the largest sum too (R6).
        for (LockedLine locked : lines) {
            if (locked.overflows()) {
                return overflow(locked);
            }
        }
        return null;
    }

    private static Outcome overflow(LockedLine locked) {
        return new Outcome.Rejected(InvalidQuotaArgumentException.of(
                "R6",
                "amount",
                locked.line().amount(),
                "beside " + locked.totals().taken() + " units of "
                        + locked.meter().owner() + " would pass the largest sum, " + Units.MAX));
    }

    private Outcome refused() {
        Verdict[] verdicts = new Verdict[lines.length];
        for (int i = 0; i < lines.length; i++) {
            RefusalReason refusal = lines[i].refusal(operation);
            verdicts[i] = lines[i].line().verdict(refusal, lines[i].totals());
        }
        return new Outcome.Refused(List.of(verdicts));
    }

    private Outcome asFound() {
        Verdict[] verdicts = new Verdict[lines.length];
        for (int i = 0; i < lines.length; i++) {
            verdicts[i] = lines[i].line().verdict(null, lines[i].totals());
        }
        return new Outcome.Accepted(List.of(verdicts), false, List.of());
    }

    /** Makes room for everything, then commits: the last step that can fail comes before the first that changes. */
    private Outcome write(long fingerprint) {
        Map<String, String> metadata = Map.copyOf(command.metadata());
        int opening = 0;
        int fired = 0;
        for (LockedLine locked : lines) {
            opening += locked.opensCounter() ? 1 : 0;
            fired += locked.foresee(locked.delta(operation), now);
        }
        Budget counters = parts.meters().counters();
        Budget records = parts.meters().records();
        long counterNumber = counters.reserve(opening);
        if (counterNumber == Budget.FULL) {
            return full(counters);
        }
        long entryId = records.reserve(lines.length);
        if (entryId == Budget.FULL) {
            counters.giveBack(opening);
            return full(records);
        }
        long alertId = parts.alerts().budget().reserve(fired);
        if (alertId == Budget.FULL) {
            counters.giveBack(opening);
            records.giveBack(lines.length);
            return full(parts.alerts().budget());
        }
        opened = opening;
        Verdict[] verdicts = new Verdict[lines.length];
        for (int i = 0; i < lines.length; i++) {
            long number = lines[i].opensCounter() ? counterNumber++ : 0;
            WindowCounter counter = lines[i].open(parts.meters(), number);
            LedgerEntry entry = entry(lines[i], counter, entryId + i, fingerprint, metadata);
            counter.meter().write(entry);
            verdicts[i] = entry.verdict();
        }
        return new Outcome.Accepted(List.of(verdicts), false, fired(fired, alertId));
    }

    /** Turns the latches and hands what fires to the outbox; a latch may also re-arm without anything firing. */
    private List<Alert> fired(int count, long firstId) {
        List<Alert> alerts = count == 0 ? List.of() : new ArrayList<>(count);
        for (LockedLine locked : lines) {
            List<Alert> ofLine = locked.fire(firstId + alerts.size(), now, parts.alerts());
            if (!ofLine.isEmpty()) {
                alerts.addAll(ofLine);
            }
        }
        return alerts;
    }

    private LedgerEntry entry(
            LockedLine locked, WindowCounter counter, long id, long fingerprint, Map<String, String> metadata) {
        Counter before = counter.totals();
        long delta = locked.delta(operation);
        return new LedgerEntry(
                id,
                counter,
                operation,
                command.key(),
                fingerprint,
                delta,
                new Counter(before.used() + delta, before.held()),
                locked.line().terms().limit(),
                locked.line().terms().source(),
                metadata,
                now);
    }

    private Outcome full(Budget budget) {
        return new Outcome.Unavailable(budget.exceeded(command.key()), false);
    }
}
