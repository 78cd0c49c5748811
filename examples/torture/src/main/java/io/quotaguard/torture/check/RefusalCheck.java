package io.quotaguard.torture.check;

import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A3: for each line that refused there was a moment during the call at which it can have had no room. */
final class RefusalCheck {
    private final Evidence evidence;
    private final Findings findings;

    private RefusalCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
    }

    static void run(Evidence evidence, Findings findings) {
        RefusalCheck check = new RefusalCheck(evidence, findings);
        evidence.history.calls().forEach(check::count);
        evidence.history.calls().stream()
                .filter(call -> call.ended(Ending.REFUSED) && call.kind() != CallKind.COMMIT)
                .forEach(check::refused);
    }

    /** How often a limit was asked for something, and how often it said no: where it never did, nothing is proved of it. */
    private void count(Call call) {
        boolean limited =
                call.kind() == CallKind.USE || call.kind() == CallKind.LEASED_USE || call.kind() == CallKind.RESERVE;
        if (limited && (call.fresh() || call.ended(Ending.REFUSED))) {
            for (Item item : call.items()) {
                boolean refused = call.answer(item.subject(), item.feature())
                        .filter(answer -> answer.refusal() != null)
                        .isPresent();
                findings.count(Findings.ASKED + item.feature(), 1);
                findings.count(Findings.REFUSED + item.feature(), refused ? 1 : 0);
            }
        }
    }

    private void refused(Call call) {
        findings.count("refusals", 1);
        Call.End end = call.end();
        List<Answer> answers = end == null ? List.of() : end.answers();
        if (answers.stream().allMatch(answer -> answer.refusal() == null)) {
            findings.broken(Invariant.A3, "a refusal without a line that refused", List.of(call), List.of());
        }
        for (Answer answer : answers) {
            if (answer.refusal() != null && !evidence.leased(answer.feature())) {
                line(call, answer);
            }
        }
    }

    private void line(Call call, Answer answer) {
        Window window = answer.window();
        boolean full = answer.refusal() == RefusalReason.EXHAUSTED || answer.refusal() == RefusalReason.HELD;
        if (!full || window == null) {
            findings.broken(
                    Invariant.A3,
                    "refused as " + answer.refusal() + " though it has the feature all the time",
                    List.of(call),
                    List.of());
            return;
        }
        long from = call.invokedNanos();
        long to = call.returnedNanos();
        CounterName counter = new CounterName(answer.subject(), answer.feature(), window);
        Chain chain = evidence.chain(counter);
        long used = chain == null ? 0 : chain.mostUsed(from, to);
        long held = evidence.holds.maybe(counter, from, to);
        long limit = evidence.plans.least(answer.subject(), answer.feature(), from, to);
        long lost = evidence.lost.units(answer.subject(), answer.feature(), from, to);
        if (used + lost + held + answer.amount() <= limit) {
            findings.broken(
                    Invariant.A3,
                    answer.amount() + " refused while at most " + used + " were used and at most " + held + " held of "
                            + limit,
                    List.of(call),
                    around(chain, from, to));
        } else if (answer.limit().admits(answer.used() + answer.held(), answer.amount())) {
            findings.broken(Invariant.A3, "refused with room by its own words", List.of(call), List.of());
        } else if (lost == 0 && (chain == null ? answer.used() != 0 : !chain.canHaveStoodAt(answer.used(), from, to))) {
            findings.broken(
                    Invariant.A3,
                    "refused at a count of " + answer.used() + " that the counter did not have then",
                    List.of(call),
                    around(chain, from, to));
        }
    }

    private static List<UsageRecord> around(@Nullable Chain chain, long from, long to) {
        return chain == null
                ? List.of()
                : chain.rows.subList(
                        Math.max(0, chain.lastSeenBefore(from)),
                        Math.max(Math.max(0, chain.lastSeenBefore(from)), chain.lastPossibleAt(to) + 1));
    }
}
