package io.quotaguard.testing;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Verdict;
import io.quotaguard.testing.ModelLedger.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one accepted call writes: a row for each line, and alerts when all are written. */
final class ModelTurn {
    private final ModelBooks books;
    private final Operation operation;
    private final String key;
    private final Map<String, String> metadata;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    /** The last line on each counter, and what was used of it before. */
    private final Map<List<Object>, ModelLine> touched = new LinkedHashMap<>();

    private final Map<List<Object>, Long> before = new HashMap<>();

    /**
     * What a row says of where its units came from.
     *
     * @param grants units by grant, the first used first
     */
    private record Sources(long overage, Map<Long, Long> grants) {
        static final Sources NONE = new Sources(0, Map.of());
    }

    ModelTurn(ModelBooks books, Operation operation, String key, Map<String, String> metadata) {
        this.books = books;
        this.operation = operation;
        this.key = key;
        this.metadata = metadata;
    }

    /** R38, R41: the plan's allowance first, then grants in their order; what is above both is overage. */
    void charge(ModelLine line) {
        ModelBooks.Count count = touch(line);
        long limit = line.terms().limit().units();
        long open =
                limit < 0 ? 0 : line.amount() - Math.min(line.amount(), Math.max(0, limit + count.burned - count.used));
        Map<Long, Long> grants = new LinkedHashMap<>();
        for (ModelGrants.Given grant : books.grants.active(line.subject(), line.feature(), books.now())) {
            long units = Math.min(open, grant.left());
            if (units > 0) {
                grant.burn(units);
                grants.put(grant.id(), units);
                count.burned += units;
                open -= units;
            }
        }
        count.used += line.amount();
        write(line, line.amount(), new Sources(open, grants), null);
    }

    /** R18: everything goes back but what came from grants, which stays used. */
    void reset(ModelLine line) {
        ModelBooks.Count count = touch(line);
        long used = count.used;
        count.used = 0;
        count.burned = 0;
        count.lastReset = books.ledger.nextId();
        write(line, -used, Sources.NONE, null);
    }

    /** R37: overage goes back first, then grants, the last used first; the line's amount says how much. */
    void takeBack(ModelLine line, Entry original) {
        ModelBooks.Count count = touch(line);
        List<UsageRecord> rows = books.ledger.withCorrections(original);
        long overage = Math.min(
                line.amount(), rows.stream().mapToLong(UsageRecord::overage).sum());
        long open = line.amount() - overage;
        Map<Long, Long> grants = new LinkedHashMap<>();
        for (int i = original.sources().size() - 1; i >= 0; i--) {
            long id = original.sources().get(i);
            long burned = rows.stream()
                    .mapToLong(row -> row.grants().getOrDefault(id, 0L))
                    .sum();
            long units = Math.min(open, burned);
            if (units > 0) {
                books.grants.byId(id).giveBack(units);
                grants.put(id, -units);
                count.burned -= units;
                open -= units;
            }
        }
        count.used -= line.amount();
        write(
                line,
                -line.amount(),
                new Sources(-overage, grants),
                original.row().id());
    }

    private ModelBooks.Count touch(ModelLine line) {
        ModelBooks.Count count = books.count(line);
        before.putIfAbsent(line.counter(), count.used);
        touched.put(line.counter(), line);
        return count;
    }

    private void write(ModelLine line, long amount, Sources sources, @Nullable Long corrects) {
        Verdict verdict = books.verdict(line, null, Math.max(0, sources.overage()));
        verdicts.add(verdict);
        if (amount == 0 && !line.isUse()) {
            return;
        }
        UsageRecord row = new UsageRecord(
                books.ledger.nextId(),
                line.subject(),
                line.feature(),
                line.terms().window(),
                operation,
                amount,
                verdict.counter().used(),
                verdict.limit(),
                sources.overage(),
                sources.grants(),
                key,
                line.origin(),
                corrects,
                false,
                metadata,
                books.now());
        Entry entry = new Entry(row, line, List.copyOf(sources.grants().keySet()), verdict, new ArrayList<>());
        books.ledger.add(entry);
        entries.add(entry);
    }

    /** Ends the call; returns the rows of the uses themselves. */
    List<Entry> end() {
        touched.forEach((counter, line) -> {
            long earlier = before.getOrDefault(counter, 0L);
            if (books.count(line).used != earlier) {
                books.fire(line, earlier);
            }
        });
        List<Entry> uses =
                entries.stream().filter(entry -> entry.row().origin() == null).toList();
        for (Entry entry : entries) {
            var origin = entry.row().origin();
            if (origin != null) {
                uses.stream()
                        .filter(use -> use.row().subject().equals(origin.subject())
                                && use.row().feature().equals(origin.feature()))
                        .forEach(use -> use.onBehalf().add(entry));
            }
        }
        return uses;
    }

    /** Returns what is answered, a verdict for each line. */
    List<Verdict> verdicts() {
        return verdicts;
    }
}
