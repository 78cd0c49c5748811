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

/**
 * E1: one alert an identity, each with its crossing, each crossing with its alert. Where the limit never changes the thresholds
 * are replayed row by row. Where it does, a change may fire and re-arm as well; then each row that passes a threshold has its
 * alert, and each alert a row or a change that can have fired it.
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
            if (evidence.chain(counter) == null) {
                check.broken("an alert of a counter without rows: " + tell(alert), List.of());
            }
        }
        findings.count("alerts", evidence.books.alerts().size());
        evidence.chains.values().forEach(check::counter);
    }

    private void counter(Chain chain) {
        String subject = chain.counter.subject();
        String feature = chain.counter.feature();
        List<Set<Integer>> thresholds = evidence.plans.spansOf(subject).stream()
                .map(span -> thresholds(span, feature))
                .distinct()
                .toList();
        boolean constant = thresholds.size() == 1 && evidence.plans.constant(subject, feature);
        if (constant && evidence.leased(feature)) {
            thresholds.get(0).forEach(threshold -> leased(chain, threshold));
        } else if (constant) {
            replay(chain, thresholds.get(0));
        } else if (!evidence.leased(feature)) {
            changed(chain, thresholds);
        }
    }

    private static Set<Integer> thresholds(PlanTimes.Span span, String feature) {
        return span.plan()
                .feature(feature)
                .map(PlanFeature::thresholds)
                .map(found -> (Set<Integer>) new TreeSet<>(found.percents()))
                .orElse(Set.of());
    }

    /** Uses of a slice are posted together: one alert tells of all of them. */
    private void leased(Chain chain, int threshold) {
        Limit limit = constantLimit(chain);
        List<UsageRecord> crossings = new ArrayList<>();
        for (int i = 0; i < chain.rows.size(); i++) {
            if (limit.reached(chain.usedAfter(i), threshold) && !limit.reached(chain.usedAfter(i - 1), threshold)) {
                crossings.add(chain.rows.get(i));
            }
        }
        long fired = fired(chain).stream()
                .filter(alert -> alert.threshold() == threshold)
                .count();
        if (fired != crossings.size()) {
            broken(
                    fired + " alerts for " + crossings.size() + " crossings of " + threshold + " % by " + chain.counter,
                    crossings);
        }
    }

    /** What is written after the window's end neither fires nor re-arms (R32). */
    private void replay(Chain chain, Set<Integer> thresholds) {
        Limit limit = constantLimit(chain);
        List<Alert> left = new ArrayList<>(fired(chain));
        Set<Integer> latched = new TreeSet<>();
        long generation = 0;
        for (int i = 0; i < chain.rows.size(); i++) {
            UsageRecord row = chain.rows.get(i);
            if (limit.units() == 0 || !row.window().contains(row.recordedAt())) {
                continue;
            }
            long least = Math.min(chain.usedAfter(i - 1), row.usedAfter());
            generation += latched.removeIf(threshold -> !limit.reached(least, threshold)) ? 1 : 0;
            for (int threshold : thresholds) {
                if (limit.reached(row.usedAfter(), threshold) && latched.add(threshold)) {
                    takeOne(left, row, threshold, generation);
                }
            }
        }
        left.forEach(alert -> broken("an alert without its crossing: " + tell(alert), List.of()));
    }

    private void takeOne(List<Alert> left, UsageRecord row, int threshold, long generation) {
        boolean found = left.removeIf(
                alert -> alert.threshold() == threshold && alert.generation() == generation && isBy(alert, row));
        if (!found) {
            broken(
                    "no alert of generation " + generation + " for the crossing of " + threshold + " % by "
                            + CounterName.of(row),
                    List.of(row));
        }
    }

    /** A row or a change fires a threshold once at most. */
    private void changed(Chain chain, List<Set<Integer>> thresholds) {
        List<Alert> left = new ArrayList<>(fired(chain));
        for (int i = 0; i < chain.rows.size(); i++) {
            UsageRecord row = chain.rows.get(i);
            if (!row.window().contains(row.recordedAt())) {
                continue;
            }
            for (int threshold : union(thresholds)) {
                boolean found = removeFirst(left, threshold, row);
                boolean passed = row.limit().reached(row.usedAfter(), threshold)
                        && !row.limit().reached(chain.usedAfter(i - 1), threshold);
                boolean always = thresholds.stream().allMatch(each -> each.contains(threshold));
                if (!found && passed && always) {
                    broken(
                            "no alert for the crossing of " + threshold + " % by " + chain.counter,
                            chain.rows.subList(Math.max(0, i - 1), i + 1));
                }
            }
        }
        Set<String> changes = new HashSet<>();
        for (Alert alert : left) {
            boolean explained = evidence.plans.spansOf(chain.counter.subject()).stream()
                    .anyMatch(span -> mayFire(span, alert, chain)
                            && changes.add(alert.threshold() + " % by version "
                                    + span.plan().version()));
            if (!explained) {
                broken("an alert without a row or a change that fired it: " + tell(alert), List.of());
            }
        }
    }

    private static Set<Integer> union(List<Set<Integer>> thresholds) {
        Set<Integer> union = new TreeSet<>();
        thresholds.forEach(union::addAll);
        return union;
    }

    private static boolean removeFirst(List<Alert> left, int threshold, UsageRecord row) {
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i).threshold() == threshold && row.amount() > 0 && isBy(left.get(i), row)) {
                left.remove(i);
                return true;
            }
        }
        return false;
    }

    private static boolean isBy(Alert alert, UsageRecord row) {
        return alert.used() == row.usedAfter()
                && alert.limit().equals(row.limit())
                && alert.firedAt().equals(row.recordedAt());
    }

    /** Tells whether the change that brought a version can have found the counter where the alert says. */
    private boolean mayFire(PlanTimes.Span span, Alert alert, Chain chain) {
        long from = evidence.timeLine().earliest(alert.firedAt());
        long to = evidence.timeLine().latest(alert.firedAt());
        Limit limit =
                span.plan().feature(alert.feature()).map(PlanFeature::limit).orElse(Limit.of(0));
        boolean stood = false;
        for (int i = 0; i < chain.rows.size() && !stood; i++) {
            stood = chain.usedAfter(i) == alert.used() && chain.earliest(i) <= to;
        }
        return span.plan().version() > 1
                && stood
                && span.meets(from, to)
                && limit.equals(alert.limit())
                && thresholds(span, alert.feature()).contains(alert.threshold());
    }

    private List<Alert> fired(Chain chain) {
        return alerts.getOrDefault(chain.counter, List.of());
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
                + alert.limit() + ", generation " + alert.generation() + ", fired at " + alert.firedAt();
    }
}
