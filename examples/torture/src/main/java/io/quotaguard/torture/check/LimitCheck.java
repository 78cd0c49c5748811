package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Window;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Item;
import java.util.List;

/**
 * A1: at each use, what is used with it and surely held beside it fits the limit that its row names, and that limit was in
 * force; at each hold likewise. A commit needs no room, since its hold had it, and so takes no more than some limit gave.
 */
final class LimitCheck {
    private final Evidence evidence;
    private final Findings findings;

    private LimitCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
    }

    static void run(Evidence evidence, Findings findings) {
        LimitCheck check = new LimitCheck(evidence, findings);
        for (Chain chain : evidence.chains.values()) {
            for (int i = 0; i < chain.rows.size(); i++) {
                if (chain.rows.get(i).operation() == Operation.RECORD) {
                    check.use(chain, i);
                } else if (chain.rows.get(i).operation() == Operation.COMMIT) {
                    check.commit(chain, i);
                }
            }
        }
        evidence.history.calls().stream()
                .filter(call -> call.kind() == CallKind.RESERVE && call.fresh())
                .forEach(check::hold);
    }

    private void use(Chain chain, int i) {
        UsageRecord row = chain.rows.get(i);
        if (evidence.leased(row.feature())) {
            leased(chain, i);
            return;
        }
        long held = evidence.holds.surely(chain.counter, chain.earliest(i), chain.latest(i));
        long over = row.limit().isUnlimited()
                ? 0
                : Math.max(0, row.usedAfter() + held - row.limit().units());
        findings.most("most units over a limit", over);
        if (over > 0) {
            findings.broken(
                    Invariant.A1,
                    row.usedAfter() + " used and " + held + " held of " + row.limit() + " of " + chain.counter,
                    evidence.callsBehind(row),
                    chain.rows.subList(Math.max(0, i - 2), i + 1));
        }
    }

    private void commit(Chain chain, int i) {
        UsageRecord row = chain.rows.get(i);
        long most = evidence.plans.most(row.subject(), row.feature(), Long.MIN_VALUE, Long.MAX_VALUE);
        if (!row.limit().isUnlimited() && row.usedAfter() > most) {
            findings.broken(
                    Invariant.A1,
                    row.usedAfter() + " used after a commit, of " + most + " at most of " + chain.counter,
                    evidence.callsBehind(row),
                    chain.rows.subList(Math.max(0, i - 2), i + 1));
        }
    }

    /**
     * A slice is a hold that nobody here sees, and its uses may be posted after it: then they are over the limit by no more
     * than may wait at each node.
     */
    private void leased(Chain chain, int i) {
        UsageRecord row = chain.rows.get(i);
        long most = evidence.plans.most(row.subject(), row.feature(), Long.MIN_VALUE, Long.MAX_VALUE);
        long over = row.usedAfter() - most;
        findings.most("most leased units over the limit by late posts", Math.max(0, over));
        if (over > evidence.nodes.size() * evidence.allowances.unpostedUses()) {
            findings.broken(
                    Invariant.A1,
                    over + " leased units of " + chain.counter + " over the limit " + most
                            + ", more than may be posted late",
                    evidence.callsBehind(row),
                    List.of(row));
        }
    }

    private void hold(Call call) {
        Item item = call.items().get(0);
        Answer answer = call.answer(item.subject(), item.feature()).orElse(null);
        Window window = answer == null ? null : answer.window();
        if (answer == null || window == null) {
            return;
        }
        if (!answer.limit().isUnlimited()
                && answer.used() + answer.held() > answer.limit().units()) {
            findings.broken(Invariant.A1, "a hold beyond the limit by its own words", List.of(call), List.of());
            return;
        }
        CounterName counter = new CounterName(item.subject(), item.feature(), window);
        Chain chain = evidence.chain(counter);
        long used = chain == null ? 0 : chain.leastUsed(call.invokedNanos(), call.returnedNanos());
        long held = evidence.holds.surely(counter, call.invokedNanos(), call.returnedNanos());
        long most = evidence.plans.most(item.subject(), item.feature(), call.invokedNanos(), call.returnedNanos());
        if (most >= 0 && used + held + item.amount() > most) {
            findings.broken(
                    Invariant.A1,
                    "a hold of " + item + " while at least " + used + " were used and " + held + " held of " + most,
                    List.of(call),
                    List.of());
        }
    }
}
