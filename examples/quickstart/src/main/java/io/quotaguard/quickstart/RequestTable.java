package io.quotaguard.quickstart;

import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Verdict;
import io.quotaguard.quickstart.Answer.Kind;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How the requests ended, by the plan of the one who asked and by feature. */
final class RequestTable {
    private final Map<String, Row> rows = new TreeMap<>();
    private final Row total = new Row("total", "", "");
    private long conflicts;
    private long failures;

    /** One line of the table. */
    private static final class Row {
        final String plan;
        final String feature;
        final String limit;
        final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        long units;

        Row(String plan, String feature, String limit) {
            this.plan = plan;
            this.feature = feature;
            this.limit = limit;
        }

        void add(Kind kind, long amount) {
            counts.merge(kind, 1L, Long::sum);
            units += kind == Kind.ALLOWED ? amount : 0;
        }

        long count(Kind kind) {
            return counts.getOrDefault(kind, 0L);
        }

        void into(TextTable table) {
            long all = counts.values().stream().mapToLong(Long::longValue).sum();
            table.row(plan, feature, limit, all, count(Kind.ALLOWED), count(Kind.REFUSED), count(Kind.REPLAYED), units);
        }
    }

    RequestTable(List<Answer> answers) {
        answers.forEach(this::count);
    }

    void print(PrintStream out) {
        TextTable table =
                new TextTable("plan", "feature", "limit", "requests", "allowed", "refused", "replayed", "units");
        rows.values().forEach(row -> row.into(table));
        total.into(table);
        table.print(out);
        if (conflicts > 0) {
            out.println("  and " + conflicts + " requests with the key of a different one, which count nothing");
        }
        if (failures > 0) {
            out.println("  and " + failures
                    + " requests whose generation failed, which count nothing: the unit that was held was released");
        }
    }

    private void count(Answer answer) {
        conflicts += answer.kind() == Kind.CONFLICT ? 1 : 0;
        failures += answer.kind() == Kind.FAILED ? 1 : 0;
        Optional<Verdict> own = answer.ownVerdict();
        if (own.isEmpty()) {
            return;
        }
        Verdict verdict = own.get();
        String plan =
                verdict.source().plan() == null ? "(none)" : verdict.source().plan();
        Row row = rows.computeIfAbsent(
                plan + " " + verdict.feature(), name -> new Row(plan, verdict.feature(), limit(plan, verdict)));
        long units = verdict.amount()
                - answer.refund().map(refund -> refund.use().amount()).orElse(0L);
        row.add(answer.kind(), units);
        total.add(answer.kind(), units);
    }

    /** What the plan gives: a member has no limit of its own in the team's plan, and another's may be overridden. */
    private static String limit(String plan, Verdict verdict) {
        return Offer.PLANS.stream()
                .filter(offered -> offered.code().equals(plan))
                .flatMap(offered -> offered.feature(verdict.feature()).stream())
                .map(terms -> terms.limit()
                        + (terms.period() == ResetPeriod.NEVER
                                ? " in all"
                                : " " + terms.period().code()))
                .findFirst()
                .orElse(verdict.limit().toString());
    }
}
