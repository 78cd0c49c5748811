package io.quotaguard.torture.check;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Limit;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.UsageRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * E1: one alert an identity, each with its crossing, each crossing with its alert. Where the limit changed meanwhile, a change
 * may fire and re-arm as well; then only what is certain is asked for.
 */
final class AlertCheck {
    private final Evidence evidence;
    private final Findings findings;
    private final Map<CounterName, List<Alert>> alerts = new HashMap<>();

    private AlertCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
    }

    /** What makes an alert the one that it is (R28). */
    private record Identity(CounterName counter, int threshold, long generation) {}

    static void run(Evidence evidence, Findings findings) {
        AlertCheck check = new AlertCheck(evidence, findings);
        Set<Identity> seen = new HashSet<>();
        for (Alert alert : evidence.books.alerts()) {
            CounterName counter = new CounterName(alert.subject(), alert.feature(), alert.window());
            check.alerts.computeIfAbsent(counter, absent -> new ArrayList<>()).add(alert);
            if (!seen.add(new Identity(counter, alert.threshold(), alert.generation()))) {
                check.broken("an alert is there twice: " + tell(alert), List.of());
            }
            if (!alert.limit().reached(alert.used(), alert.threshold())) {
                check.broken("an alert without a reason: " + tell(alert), List.of());
            }
        }
        findings.count("alerts", evidence.books.alerts().size());
        evidence.chains.values().forEach(check::counter);
    }

    private void counter(Chain chain) {
        Set<Integer> thresholds = new TreeSet<>();
        for (PlanTimes.Span span : evidence.plans.spansOf(chain.counter.subject())) {
            span.plan()
                    .feature(chain.counter.feature())
                    .map(PlanFeature::thresholds)
                    .ifPresent(found -> thresholds.addAll(found.percents()));
        }
        List<Alert> fired = alerts.getOrDefault(chain.counter, List.of());
        boolean late = chain.counter.window().end() != null;
        boolean exact = evidence.plans.constant(chain.counter.subject(), chain.counter.feature()) && !late;
        for (int threshold : thresholds) {
            List<UsageRecord> crossings = crossings(chain, threshold, exact ? constantLimit(chain) : null);
            long of = fired.stream()
                    .filter(alert -> alert.threshold() == threshold)
                    .count();
            boolean missing = exact ? of < crossings.size() : of == 0 && !crossings.isEmpty();
            if (missing) {
                broken(
                        "of " + crossings.size() + " crossings of " + threshold + " % by " + chain.counter + " only "
                                + of + " have an alert",
                        crossings);
            } else if (exact && of > crossings.size()) {
                broken(
                        of + " alerts for " + crossings.size() + " crossings of " + threshold + " % by "
                                + chain.counter,
                        crossings);
            }
        }
    }

    /** Returns the rows that passed an armed threshold; what is written after the window's end fires nothing (R32). */
    private static List<UsageRecord> crossings(Chain chain, int threshold, @Nullable Limit constant) {
        List<UsageRecord> crossings = new ArrayList<>();
        boolean armed = true;
        for (UsageRecord row : chain.rows) {
            Limit limit = constant == null ? row.limit() : constant;
            boolean reached = limit.reached(row.usedAfter(), threshold);
            if (reached && armed && row.amount() > 0 && row.window().contains(row.recordedAt())) {
                crossings.add(row);
            }
            armed = !reached;
        }
        return crossings;
    }

    private Limit constantLimit(Chain chain) {
        return Limit.of(
                evidence.plans.most(chain.counter.subject(), chain.counter.feature(), Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private void broken(String headline, List<UsageRecord> rows) {
        List<UsageRecord> shown = rows.subList(0, Math.min(rows.size(), 3));
        findings.broken(
                Invariant.E1,
                headline,
                shown.stream()
                        .flatMap(row -> evidence.callsBehind(row).stream())
                        .toList(),
                shown);
    }

    private static String tell(Alert alert) {
        return alert.threshold() + " % of " + alert.subject() + "/" + alert.feature() + " at " + alert.used() + " of "
                + alert.limit() + ", fired at " + alert.firedAt();
    }
}
