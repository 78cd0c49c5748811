package io.quotaguard.torture.check;

import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import java.util.List;
import java.util.Optional;

/** D1: the version of the plan that a decision names can have been in force during the call, and gave the limit that it names. */
final class PlanCheck {
    private final Evidence evidence;
    private final Findings findings;

    private PlanCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
    }

    static void run(Evidence evidence, Findings findings) {
        PlanCheck check = new PlanCheck(evidence, findings);
        evidence.history.calls().forEach(check::decision);
        evidence.chains.values().forEach(check::rows);
    }

    private void decision(Call call) {
        if (call.kind() == CallKind.PLAN_CHANGE) {
            findings.count("plan changes", call.ended(Ending.OK) ? 1 : 0);
            return;
        }
        boolean decides = call.kind() == CallKind.USE || call.kind() == CallKind.RESERVE;
        Call.End end = call.end();
        if (!decides || end == null || !(call.fresh() || call.ended(Ending.REFUSED))) {
            return;
        }
        for (Answer answer : end.answers()) {
            line(call, answer);
        }
    }

    private void line(Call call, Answer answer) {
        String plan = answer.plan();
        Optional<PlanTimes.Span> span = plan == null ? Optional.empty() : evidence.plans.span(plan, answer.version());
        if (span.isEmpty()) {
            findings.broken(Invariant.D1, "decided by a plan that is not there", List.of(call), List.of());
            return;
        }
        PlanTimes.Span known = span.get();
        long limit = evidence.plans
                .terms(known, answer.feature())
                .map(PlanFeature::limit)
                .map(found -> found.units())
                .orElse(0L);
        if (!known.meets(call.invokedNanos(), call.returnedNanos())) {
            findings.broken(
                    Invariant.D1,
                    "decided by version " + answer.version() + " of " + plan + ", which was in force from "
                            + findings.at(known.from()) + " to " + findings.at(known.to()) + " at most",
                    List.of(call),
                    List.of());
        } else if (limit != answer.limit().units()) {
            findings.broken(
                    Invariant.D1,
                    "version " + answer.version() + " of " + plan + " gives " + limit + ", not " + answer.limit(),
                    List.of(call),
                    List.of());
        }
    }

    private void rows(Chain chain) {
        for (int i = 0; i < chain.rows.size(); i++) {
            UsageRecord row = chain.rows.get(i);
            boolean decided = row.operation() == Operation.RECORD && !evidence.leased(row.feature());
            if (decided
                    && !evidence.plans.possible(
                            row.subject(),
                            row.feature(),
                            row.limit().units(),
                            verifiedFrom(chain, i),
                            chain.latest(i))) {
                findings.broken(
                        Invariant.D1,
                        "a row by the limit " + row.limit() + ", which no plan gave when it was verified",
                        evidence.callsBehind(row),
                        List.of(row));
            }
        }
    }

    /**
     * The earliest that a row's terms can have been verified: a statement sees the catalog as it was when the statement began,
     * and dates its row a moment later, on a busy machine much later. But the counter was locked by then, and somebody had asked.
     */
    private long verifiedFrom(Chain chain, int i) {
        long asked = evidence.callsBehind(chain.rows.get(i)).stream()
                .mapToLong(Call::invokedNanos)
                .min()
                .orElse(chain.earliest(i));
        long locked = i == 0 ? Long.MIN_VALUE : chain.earliest(i - 1);
        return Math.min(chain.earliest(i), Math.max(asked, locked));
    }
}
