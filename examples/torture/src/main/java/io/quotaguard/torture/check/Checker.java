package io.quotaguard.torture.check;

import io.quotaguard.torture.history.History;
import java.util.List;
import java.util.function.BiConsumer;

/** Proves the promises from a history and the books that it left, or tells how they were broken. */
public final class Checker {
    private static final List<BiConsumer<Evidence, Findings>> CHECKS = List.of(
            LedgerCheck::run,
            LimitCheck::run,
            RefusalCheck::run,
            KeyCheck::run,
            AnswerCheck::run,
            PlanCheck::run,
            HoldCheck::run,
            CorrectionCheck::run,
            AlertCheck::run,
            DeliveryCheck::run);

    private Checker() {}

    public static Findings check(History history, Books books, Allowances allowances) {
        Evidence evidence = new Evidence(history, books, allowances);
        Findings findings = new Findings(
                history.calls().isEmpty() ? 0 : history.calls().get(0).invokedNanos());
        CHECKS.forEach(check -> check.accept(evidence, findings));
        return findings;
    }
}
