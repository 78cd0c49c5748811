package io.quotaguard.torture.check;

import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongBinaryOperator;

/** When each version of each plan can have been in force: from before its change was committed until the next one's surely was. */
final class PlanTimes {
    private final Map<String, List<Span>> spans = new HashMap<>();
    private final Map<String, String> planOf;

    /** The span in which a version can have been in force. */
    record Span(Plan plan, long from, long to) {
        boolean meets(long others, long end) {
            return from <= end && others <= to;
        }
    }

    PlanTimes(History history, Books books) {
        planOf = books.planOf();
        Map<String, Long> told = new HashMap<>();
        for (Call call : history.calls()) {
            if (call.kind() == CallKind.PLAN_CHANGE && call.ended(Ending.OK)) {
                Long version = books.planChanges().get(call.key());
                if (version != null) {
                    told.merge(call.items().get(0).subject() + "@" + version, call.returnedNanos(), Long::min);
                }
            }
        }
        books.plans().forEach((code, versions) -> spans.put(code, spans(history, told, versions)));
    }

    private static List<Span> spans(History history, Map<String, Long> told, List<PlanVersion> versions) {
        List<Span> spans = new ArrayList<>();
        long over = Long.MAX_VALUE;
        long replaced = Long.MAX_VALUE;
        List<PlanVersion> newestFirst = versions.stream()
                .sorted(Comparator.comparingLong(
                                (PlanVersion version) -> version.plan().version())
                        .reversed())
                .toList();
        for (PlanVersion version : newestFirst) {
            Plan plan = version.plan();
            spans.add(new Span(plan, history.timeLine().earliest(version.savedAt()), over));
            long toldAt = told.getOrDefault(plan.code() + "@" + plan.version(), Long.MAX_VALUE);
            // What replaced it was there when somebody was told so, or else when it was replaced itself.
            over = Math.min(toldAt, replaced);
            replaced = history.timeLine().latest(version.savedAt());
        }
        return spans;
    }

    Optional<Span> span(String plan, long version) {
        return spans.getOrDefault(plan, List.of()).stream()
                .filter(span -> span.plan().version() == version)
                .findFirst();
    }

    Optional<PlanFeature> terms(Span span, String feature) {
        return span.plan().feature(feature);
    }

    /** Returns the least limit that can have been in force at some moment of the span. */
    long least(String subject, String feature, long from, long to) {
        return fold(subject, feature, from, to, Long.MAX_VALUE, Math::min);
    }

    /** Returns the largest limit that can have been in force at some moment of the span. */
    long most(String subject, String feature, long from, long to) {
        return fold(subject, feature, from, to, -1, Math::max);
    }

    /** Tells whether a limit can have been in force at some moment of the span. */
    boolean possible(String subject, String feature, long limit, long from, long to) {
        return spansOf(subject).stream()
                .filter(span -> span.meets(from, to))
                .anyMatch(span -> units(span, feature) == limit);
    }

    /** Tells whether every version gives the feature the same limit. */
    boolean constant(String subject, String feature) {
        return spansOf(subject).stream()
                        .mapToLong(span -> units(span, feature))
                        .distinct()
                        .count()
                == 1;
    }

    List<Span> spansOf(String subject) {
        return spans.getOrDefault(planOf.getOrDefault(subject, ""), List.of());
    }

    private long fold(String subject, String feature, long from, long to, long start, LongBinaryOperator way) {
        long result = start;
        for (Span span : spansOf(subject)) {
            if (span.meets(from, to)) {
                result = way.applyAsLong(result, units(span, feature));
            }
        }
        return result;
    }

    private static long units(Span span, String feature) {
        return span.plan().feature(feature).map(terms -> terms.limit().units()).orElse(0L);
    }
}
