package io.quotaguard.testing;

import io.quotaguard.model.Decision;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.testing.ModelLedger.Entry;
import io.quotaguard.testing.Step.Named;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What takes back some of an earlier use, from every counter that it was charged to (R37). */
final class ModelCorrections {
    private final ModelBooks books;
    private final ModelUses uses;
    private final ModelCharges charges;

    /** One row of the use, and the line on which it goes back. */
    private record Part(Entry original, ModelLine line) {}

    ModelCorrections(ModelBooks books, ModelUses uses, ModelCharges charges) {
        this.books = books;
        this.uses = uses;
        this.charges = charges;
    }

    String correct(Step.Correct correct) {
        Named key = new Named(correct.use().subject(), correct.use().feature(), correct.key());
        Entry use = books.ledger.use(correct.use());
        if (use == null) {
            return "error";
        }
        String request = (correct.absolute() ? "to " : "by ") + correct.units() + " of " + correct.use();
        String known = charges.known(List.of(key), request);
        if (known != null) {
            return known;
        }
        if (correct.units() > net(use)) {
            return "error";
        }
        List<Part> parts = parts(use, correct);
        ModelTurn turn = new ModelTurn(books, Operation.CORRECT, correct.key(), Map.of("actor", "sequence"));
        parts.forEach(part -> turn.takeBack(part.line(), part.original()));
        charges.remember(turn.end(), request);
        return SequenceText.decision(new Decision(turn.verdicts(), correct.key(), false, false));
    }

    private List<Part> parts(Entry use, Step.Correct correct) {
        List<Entry> originals = new ArrayList<>(List.of(use));
        originals.addAll(use.onBehalf());
        List<ModelLine> charged = originals.stream().map(Entry::line).toList();
        List<ModelLine> today = uses.today(charged, correct.units(), books.now());
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < originals.size(); i++) {
            Entry original = originals.get(i);
            ModelLine line = today.get(i);
            long net = net(original);
            // A reset took all of it back; and nothing goes back twice.
            boolean gone = original.row().id() < books.count(line).lastReset;
            long back = correct.absolute() ? Math.max(0, net - line.amount()) : Math.min(net, line.amount());
            parts.add(new Part(original, line.withAmount(gone ? 0 : back)));
        }
        parts.sort(Comparator.comparing(Part::line, ModelLine.ORDER));
        return parts;
    }

    private long net(Entry entry) {
        return books.ledger.withCorrections(entry).stream()
                .mapToLong(UsageRecord::amount)
                .sum();
    }
}
