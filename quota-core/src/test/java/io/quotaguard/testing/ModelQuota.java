package io.quotaguard.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules once more, as plainly as can be: one thread, no versions, no deadline, nothing shared with the library but
 * its nouns. What a store says differently, one of the two has wrong.
 */
final class ModelQuota implements Step.Player {
    private final ModelCatalog catalog;
    private final ModelPools pools = new ModelPools();
    private final ModelBooks books;
    private final ModelUses uses;
    private final ModelCharges charges;
    private final ModelReservations reservations;
    private final ModelCorrections corrections;
    private final ModelLooks looks;

    ModelQuota(SequenceStart start) {
        catalog = new ModelCatalog(start.plans());
        books = new ModelBooks(start.instant());
        uses = new ModelUses(catalog, pools);
        charges = new ModelCharges(books, uses);
        reservations = new ModelReservations(books, uses, charges);
        corrections = new ModelCorrections(books, uses, charges);
        looks = new ModelLooks(books, uses, pools, catalog);
    }

    @Override
    public String play(Step step) {
        if (step instanceof Step.Elsewhere other) {
            // All guards over one store say the same.
            return play(other.step());
        } else if (step instanceof Step.Use use) {
            return charges.use(use.items(), use.key());
        } else if (step instanceof Step.Check check) {
            return charges.check(check.item());
        } else if (step instanceof Step.UpTo upTo) {
            return charges.upTo(upTo);
        } else if (step instanceof Step.Each each) {
            return each(each);
        } else if (step instanceof Step.Hold hold) {
            return reservations.hold(hold);
        } else if (step instanceof Step.Call call) {
            return reservations.call(call);
        } else if (step instanceof Step.Settle settle) {
            return reservations.settle(settle);
        } else if (step instanceof Step.Correct correct) {
            return corrections.correct(correct);
        } else if (step instanceof Step.Reset reset) {
            return charges.reset(reset);
        }
        return step.isLook() ? looks.look(step) : change(step);
    }

    private String each(Step.Each each) {
        List<String> results = new ArrayList<>();
        for (int i = 0; i < each.items().size(); i++) {
            results.add(charges.use(List.of(each.items().get(i)), each.keys().get(i)));
        }
        return "each " + String.join("; ", results);
    }

    private String change(Step step) {
        String answer = "done";
        if (step instanceof Step.MoveTo move) {
            books.moveTo(move.instant());
        } else if (step instanceof Step.Join join) {
            // The alerts of both are looked at with the next use.
            return pools.join(join.member(), join.pool()) ? answer : "error";
        } else if (step instanceof Step.Give give) {
            if (books.grants.knows(give.key())) {
                return books.grants.again(give);
            }
            books.grants.give(give, books.now());
        } else if (step instanceof Step.TakeBack back) {
            answer = books.grants.takeBack(back, books.now());
        } else {
            boolean pooled = step.subjects().stream().anyMatch(pools::isMember);
            catalog.change(step, pooled, books.now());
        }
        if (answer.equals("done") && !(step instanceof Step.MoveTo)) {
            step.subjects().forEach(this::realign);
        }
        return answer;
    }

    /** R29, R30: what a change of a subject's terms does to the alerts of its counters of now. */
    private void realign(String subject) {
        for (String feature : SequencePlans.FEATURES.stream().sorted().toList()) {
            ModelTerms terms = catalog.terms(subject, feature, !pools.isMember(subject), books.now());
            if (terms.refusal() == null) {
                ModelLine line = new ModelLine(subject, feature, 0, terms, null);
                books.fire(line, books.count(line).used);
            }
        }
    }
}
