package io.quotaguard.memory;

import io.quotaguard.memory.LedgerEntry.More;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ledger rows of one command: worked out first, then written in one go. */
final class Postings {
    private final Command command;
    private final long fingerprint;
    private final Map<String, String> metadata;
    private final @Nullable Reservation reservation;
    private final List<Posting> postings = new ArrayList<>();
    private final LedgerEntry[] entries;

    /** One row to be. */
    private record Posting(
            int line,
            LockedLine locked,
            long delta,
            Counter after,
            Account.Charge charge,
            @Nullable LedgerEntry corrects) {}

    /**
     * Begins the rows of {@code command}.
     *
     * @param reservation what a hold's entry keeps the key of, or null
     */
    Postings(Command command, Map<String, String> metadata, @Nullable Reservation reservation) {
        this.command = command;
        this.fingerprint =
                command.operation().settles() ? 0 : command.fingerprint().value();
        this.metadata = Map.copyOf(metadata);
        this.reservation = reservation;
        this.entries = new LedgerEntry[command.lines().size()];
    }

    /** Adds the row of the command's line number {@code line}, whose account stands as it will after the row. */
    void add(int line, LockedLine locked, long delta, Account.Charge charge, @Nullable LedgerEntry corrects) {
        postings.add(new Posting(line, locked, delta, locked.account().totals(), charge, corrects));
    }

    int size() {
        return postings.size();
    }

    /** Writes the rows, numbered from {@code firstId}; the accounts have been settled. */
    void write(long firstId, Instant now) {
        List<LedgerEntry> onBehalf = new ArrayList<>();
        // Those on behalf of a use are made first: the use's own entry knows them.
        for (int i = 0; i < postings.size(); i++) {
            Posting posting = postings.get(i);
            if (!posting.locked().isUse()) {
                onBehalf.add(make(posting, firstId + i, List.of(), now));
            }
        }
        for (int i = 0; i < postings.size(); i++) {
            Posting posting = postings.get(i);
            if (posting.locked().isUse()) {
                make(posting, firstId + i, onBehalfOf(posting.locked(), onBehalf), now);
            }
        }
        for (Posting posting : postings) {
            write(posting, entries[posting.line()]);
        }
    }

    private static List<LedgerEntry> onBehalfOf(LockedLine use, List<LedgerEntry> entries) {
        return entries.isEmpty()
                ? List.of()
                : entries.stream().filter(entry -> use.isOriginOf(entry)).toList();
    }

    private LedgerEntry make(Posting posting, long id, List<LedgerEntry> onBehalf, Instant now) {
        LockedLine locked = posting.locked();
        WindowCounter counter = locked.account().opened();
        LedgerEntry entry = new LedgerEntry(
                id,
                counter,
                command.operation(),
                command.key(),
                fingerprint,
                posting.delta(),
                posting.after(),
                locked.account().limit(),
                locked.line().terms().source(),
                more(posting, onBehalf),
                metadata,
                now);
        entries[posting.line()] = entry;
        return entry;
    }

    private static void write(Posting posting, LedgerEntry entry) {
        WindowCounter counter = entry.counter();
        counter.meter().write(entry);
        if (entry.operation() == Operation.RESET) {
            counter.becomeReset(entry.id());
        }
        if (posting.corrects() != null) {
            counter.addCorrection(entry, posting.corrects());
        }
    }

    private More more(Posting posting, List<LedgerEntry> onBehalf) {
        boolean plain = posting.charge().isPlain()
                && posting.locked().isUse()
                && posting.corrects() == null
                && reservation == null
                && onBehalf.isEmpty();
        return plain
                ? More.NOTHING
                : new More(
                        posting.charge().overage(),
                        posting.charge().grants(),
                        posting.locked().line().origin(),
                        posting.corrects(),
                        reservation,
                        onBehalf);
    }

    /** Returns the entries of the uses themselves. */
    List<LedgerEntry> uses() {
        List<LedgerEntry> uses = new ArrayList<>();
        for (LedgerEntry entry : entries) {
            if (entry != null && entry.more().origin() == null) {
                uses.add(entry);
            }
        }
        return uses;
    }

    /** Returns the verdicts of all rows, in the order of the lines. */
    List<Verdict> verdicts() {
        List<Verdict> verdicts = new ArrayList<>(entries.length);
        for (LedgerEntry entry : entries) {
            if (entry != null) {
                verdicts.add(entry.verdict());
            }
        }
        return verdicts;
    }
}
