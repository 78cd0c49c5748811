package io.quotaguard.testing;

import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Units;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Verdict;
import io.quotaguard.testing.ModelLedger.Entry;
import io.quotaguard.testing.ModelLedger.Known;
import io.quotaguard.testing.Step.Item;
import io.quotaguard.testing.Step.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls that charge, or ask whether they would. */
final class ModelCharges {
    private final ModelBooks books;
    private final ModelUses uses;

    ModelCharges(ModelBooks books, ModelUses uses) {
        this.books = books;
        this.uses = uses;
    }

    String use(List<Item> items, String key) {
        List<ModelLine> lines = lines(items);
        List<Named> names = names(lines, key);
        String request = "use " + items.stream().map(Item::toString).sorted().toList();
        if (lines.isEmpty()) {
            return "error";
        }
        String known = known(names, request);
        if (known != null) {
            return known;
        }
        String objection = objection(lines, key);
        if (objection != null) {
            return objection;
        }
        ModelTurn turn = new ModelTurn(books, Operation.RECORD, key, Map.of());
        lines.forEach(turn::charge);
        remember(turn.end(), request);
        return SequenceText.decision(new Decision(turn.verdicts(), key, false, false));
    }

    String check(Item item) {
        List<ModelLine> lines = lines(List.of(item));
        if (lines.isEmpty()) {
            return "error";
        }
        List<Verdict> verdicts = verdicts(lines);
        boolean allowed = verdicts.stream().allMatch(Verdict::allowed);
        boolean overflows = lines.stream().anyMatch(line -> books.overflows(line, line.amount()));
        return allowed && overflows ? "error" : "found" + SequenceText.verdicts(verdicts);
    }

    String upTo(Step.UpTo upTo) {
        List<ModelLine> lines = lines(List.of(upTo.item()));
        if (lines.isEmpty()) {
            return "error";
        }
        List<Named> names = names(lines, upTo.key());
        String request = "up to " + upTo.item();
        String known = known(names, request);
        if (known != null) {
            return known;
        }
        long units = upTo.item().amount();
        for (ModelLine line : lines) {
            units = Math.min(units, room(line));
        }
        if (units == 0) {
            List<Verdict> found = lines.stream()
                    .map(line -> books.verdict(line, books.refusal(line, line.rate()), 0))
                    .toList();
            return SequenceText.decision(new Decision(found, upTo.key(), false, false));
        }
        ModelTurn turn = new ModelTurn(books, Operation.RECORD, upTo.key(), Map.of());
        for (ModelLine line : lines) {
            if (books.overflows(line, units * line.rate())) {
                return "error";
            }
        }
        for (ModelLine line : lines) {
            turn.charge(line.withAmount(units * line.rate()));
        }
        remember(turn.end(), request);
        return SequenceText.decision(new Decision(turn.verdicts(), upTo.key(), false, false));
    }

    private long room(ModelLine line) {
        long ceiling = books.ceiling(line).units();
        long taken = books.totals(line).used() + books.totals(line).held();
        if (line.terms().refusal() != null) {
            return 0;
        }
        return ceiling < 0 ? Units.MAX : Math.max(0, ceiling - taken) / line.rate();
    }

    String reset(Step.Reset reset) {
        // What others have used in the same pool stays used.
        Item item = new Item(reset.subject(), reset.feature(), 0);
        ModelLine line = uses.lines(item, books.now()).get(0);
        String known = known(names(List.of(line), reset.key()), "reset");
        if (known != null) {
            return known;
        } else if (line.terms().refusal() != null) {
            Verdict refused = books.verdict(line, line.terms().refusal(), 0);
            return SequenceText.decision(new Decision(List.of(refused), reset.key(), false, false));
        }
        ModelTurn turn = new ModelTurn(books, Operation.RESET, reset.key(), Map.of("actor", "sequence"));
        turn.reset(line);
        remember(turn.end(), "reset");
        return SequenceText.decision(new Decision(turn.verdicts(), reset.key(), false, false));
    }

    /** Returns the lines of several uses in their order; none when one cannot be counted. */
    List<ModelLine> lines(List<Item> items) {
        List<ModelLine> lines = new ArrayList<>();
        for (Item item : items) {
            List<ModelLine> ofItem = uses.lines(item, books.now());
            if (ofItem.isEmpty()) {
                return List.of();
            }
            lines.addAll(ofItem);
        }
        lines.sort(ModelLine.ORDER);
        return lines;
    }

    static List<Named> names(List<ModelLine> lines, String key) {
        return lines.stream()
                .filter(ModelLine::isUse)
                .map(line -> new Named(line.subject(), line.feature(), key))
                .toList();
    }

    /** Returns the answer to a key that stands for something already, or null (R7, R8). */
    @Nullable
    String known(List<Named> names, String request) {
        List<Verdict> answers = new ArrayList<>();
        int found = 0;
        boolean same = true;
        for (Named name : names) {
            Known known = books.ledger.known(name);
            if (known != null) {
                found++;
                answers.addAll(known.verdicts());
                same &= known.request().equals(request);
            }
        }
        if (found == 0) {
            return null;
        }
        return same && found == names.size()
                ? SequenceText.decision(new Decision(answers, names.get(0).key(), true, false))
                : "conflict";
    }

    void remember(List<Entry> entries, String request) {
        for (Entry entry : entries) {
            Named name = new Named(
                    entry.row().subject(), entry.row().feature(), entry.row().key());
            books.ledger.remember(name, new Known(request, entry.verdicts()));
        }
    }

    /** Returns the answer when the lines do not fit as a whole (R3), or are more than can be counted (R6); or null. */
    @Nullable
    String objection(List<ModelLine> lines, String key) {
        List<Verdict> verdicts = verdicts(lines);
        if (!verdicts.stream().allMatch(Verdict::allowed)) {
            return SequenceText.decision(new Decision(verdicts, key, false, false));
        }
        boolean overflows = lines.stream().anyMatch(line -> books.overflows(line, together(line, lines)));
        return overflows ? "error" : null;
    }

    private List<Verdict> verdicts(List<ModelLine> lines) {
        List<Verdict> verdicts = new ArrayList<>();
        for (ModelLine line : lines) {
            RefusalReason refusal = books.refusal(line, together(line, lines));
            verdicts.add(books.verdict(line, refusal, 0));
        }
        return verdicts;
    }

    /** Two members of one pool fit when they fit together. */
    private static long together(ModelLine line, List<ModelLine> lines) {
        return lines.stream()
                .filter(other -> other.counter().equals(line.counter()))
                .mapToLong(ModelLine::amount)
                .sum();
    }
}
