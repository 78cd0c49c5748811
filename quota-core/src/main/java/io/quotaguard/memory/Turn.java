package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One command's turn at its meters, all of which are locked: known key, verification, decision, writing, in this order.
 *
 * <p>Whatever can fail happens before the first write, so that a turn happens as a whole or not at all (R3, R10).
 */
abstract class Turn {
    final Command command;
    final LockedLine[] lines;
    final StoreParts parts;
    final Instant now;
    private final List<Account> accounts;
    private int opened;

    /**
     * Begins the turn; the clock is read here, after the meters were locked (R19).
     *
     * @param decidedAt when a store in front of this one decided the command; null when it is decided here and now
     */
    Turn(Command command, LockedLines locked, StoreParts parts, @Nullable Instant decidedAt) {
        this.command = command;
        this.lines = locked.lines();
        this.accounts = locked.accounts();
        this.parts = parts;
        this.now = decidedAt == null ? parts.clock().instant() : decidedAt;
        accounts.forEach(account -> account.find(now));
    }

    static Turn of(Command command, LockedLines locked, StoreParts parts, @Nullable Instant decidedAt) {
        Operation operation = command.operation();
        if (operation == Operation.SPEND) {
            return new SpendTurn(command, locked, parts);
        } else if (operation.settles()) {
            return new SettleTurn(command, locked, parts);
        }
        return operation.corrects()
                ? new CorrectTurn(command, locked, parts)
                : new ChargeTurn(command, locked, parts, decidedAt);
    }

    abstract Outcome take();

    Instant now() {
        return now;
    }

    /** Returns how many counters the turn opened. */
    int opened() {
        return opened;
    }

    /** Returns the original answer to a repeated request (R7), a conflict for a key used otherwise (R8), or null. */
    @Nullable
    Outcome answerToKnownKey() {
        boolean known = false;
        for (LockedLine locked : lines) {
            known |= locked.isUse() && locked.remembered(command.key()) != null;
        }
        return known ? answerToKnownKey(command.fingerprint().value()) : null;
    }

    private Outcome answerToKnownKey(long fingerprint) {
        boolean onAll = true;
        LockedLine foreign = null;
        List<LedgerEntry> entries = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            LedgerEntry entry = locked.isUse() ? locked.remembered(command.key()) : null;
            if (entry != null) {
                entries.add(entry);
                foreign = foreign == null && entry.fingerprint() != fingerprint ? locked : foreign;
            }
            onAll &= !locked.isUse() || entry != null;
        }
        if (onAll && foreign == null) {
            return replay(entries);
        }
        // Known on some lines only, it is another request on those; else it is on the first that differs.
        Owner owner = onAll && foreign != null
                ? foreign.owner()
                : entries.get(0).counter().owner();
        return new Outcome.Conflict(owner.subject(), owner.feature());
    }

    private static Outcome replay(List<LedgerEntry> uses) {
        Reservation held = uses.get(0).more().reservation();
        return replay(uses, held == null ? null : held.expiresAt());
    }

    /** Returns the answer of those entries and of what was charged on their behalf, whoever would be charged today. */
    static Outcome replay(List<LedgerEntry> uses, @Nullable Instant heldUntil) {
        List<Verdict> verdicts = new ArrayList<>(uses.size());
        for (LedgerEntry use : uses) {
            verdicts.add(use.verdict());
            use.more().onBehalf().forEach(entry -> verdicts.add(entry.verdict()));
        }
        if (verdicts.size() > 1) {
            verdicts.sort(Verdict.LINE_ORDER);
        }
        return new Outcome.Accepted(verdicts, true, List.of(), heldUntil);
    }

    /** Returns that the terms moved (R19, R25), or null. */
    @Nullable
    Outcome staleness(boolean inTheirWindow) {
        for (LockedLine locked : lines) {
            Line line = locked.line();
            Terms terms = line.terms();
            if (!(inTheirWindow ? terms.holdAt(now) : terms.areInForceAt(now))) {
                return new Outcome.Stale(line.subject(), Outcome.Stale.Cause.CLOCK, now);
            }
            if (!parts.catalog().confirms(line.subject(), terms.version())) {
                return new Outcome.Stale(line.subject(), Outcome.Stale.Cause.CATALOG, now);
            }
        }
        return null;
    }

    /** Returns the refusal with the verdict of every line, or null when no line refuses (R3). */
    @Nullable
    Outcome refusal(Function<LockedLine, @Nullable RefusalReason> reason) {
        boolean refused = false;
        for (LockedLine locked : lines) {
            refused |= reason.apply(locked) != null;
        }
        if (!refused) {
            return null;
        }
        List<Verdict> verdicts = new ArrayList<>(lines.length);
        for (LockedLine locked : lines) {
            verdicts.add(verdict(locked, reason.apply(locked), 0));
        }
        return new Outcome.Refused(verdicts);
    }

    /** Returns that an account's sum would be larger than every store can add up (R6), or null. */
    @Nullable
    Outcome overflow() {
        for (Account account : accounts) {
            long taken = account.totals().taken();
            if (account.wanted() > Units.MAX - taken) {
                return new Outcome.Rejected(InvalidQuotaArgumentException.of(
                        "R6",
                        "amount",
                        account.wanted(),
                        "beside " + taken + " units of " + account.meter().owner() + " would pass the largest sum, "
                                + Units.MAX));
            }
        }
        return null;
    }

    Verdict verdict(LockedLine locked, @Nullable RefusalReason refusal, long overage) {
        Account account = locked.account();
        return locked.line().verdict(refusal, account.totals(), account.topUps(), overage, account.heldUntil());
    }

    Outcome write(Postings postings, Function<List<Alert>, Outcome> answer) {
        return write(List.of(postings), answer);
    }

    /** Makes room for everything, then writes: the last step that can fail comes before the first that changes. */
    Outcome write(List<Postings> postings, Function<List<Alert>, Outcome> answer) {
        int rows = 0;
        for (Postings each : postings) {
            rows += each.size();
        }
        int opening = 0;
        int fired = 0;
        for (Account account : accounts) {
            opening += account.opensCounter() ? 1 : 0;
            fired += account.moves() ? account.foresee() : 0;
        }
        Budget counters = parts.meters().counters();
        Budget records = parts.meters().records();
        long counterNumber = counters.reserve(opening);
        if (counterNumber == Budget.FULL) {
            return full(counters);
        }
        long entryId = records.reserve(rows);
        if (entryId == Budget.FULL) {
            counters.giveBack(opening);
            return full(records);
        }
        long alertId = parts.alerts().budget().reserve(fired);
        if (alertId == Budget.FULL) {
            counters.giveBack(opening);
            records.giveBack(rows);
            return full(parts.alerts().budget());
        }
        opened = opening;
        for (Account account : accounts) {
            account.open(parts.meters(), account.opensCounter() ? counterNumber++ : 0);
            account.settle();
        }
        for (Postings each : postings) {
            each.write(entryId, now);
            entryId += each.size();
        }
        return answer.apply(fired(fired, alertId));
    }

    /** Turns the latches and hands what fires to the outbox; a latch may also re-arm without anything firing. */
    private List<Alert> fired(int count, long firstId) {
        List<Alert> alerts = count == 0 ? List.of() : new ArrayList<>(count);
        for (Account account : accounts) {
            List<Alert> ofAccount = account.fire(firstId + alerts.size(), parts.alerts());
            if (!ofAccount.isEmpty()) {
                alerts.addAll(ofAccount);
            }
        }
        return alerts;
    }

    private Outcome full(Budget budget) {
        return new Outcome.Unavailable(budget.exceeded(command.key()), false);
    }
}
