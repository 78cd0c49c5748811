package io.quotaguard.testing;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.testing.ModelCatalog.Terms;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules once more, as plainly as can be: one thread, no versions, no deadline, nothing shared with the library but
 * its nouns. What a store says differently, one of the two has wrong.
 */
final class ModelQuota implements Step.Player {
    private final ModelCatalog catalog;
    private final Map<List<Object>, Count> counts = new HashMap<>();
    private final Map<List<Object>, Known> keys = new HashMap<>();
    private final Map<String, List<String>> alerts = new HashMap<>();
    private final Map<String, List<String>> ledger = new HashMap<>();
    private Instant now;

    private static final class Count {
        private long used;
        private long generation;
        private final TreeSet<Integer> fired = new TreeSet<>();
    }

    /** A key's request and its answer on one line. */
    private record Known(String request, Verdict verdict) {}

    ModelQuota(StepGenerator steps) {
        now = steps.start();
        catalog = new ModelCatalog(steps.plans());
        catalog.subscribe(steps.subjects().get(0), steps.firstPlan(), ZoneId.of("UTC"));
        catalog.subscribe(steps.subjects().get(1), steps.firstPlan(), ZoneId.of("Asia/Shanghai"));
    }

    @Override
    public String play(Step step) {
        if (step instanceof Step.MoveTo move) {
            now = move.instant();
            return "";
        } else if (step instanceof Step.Use use) {
            return use(use);
        } else if (step instanceof Step.Check check) {
            return check(check.item());
        } else if (step instanceof Step.Reset reset) {
            return reset(reset);
        } else if (step instanceof Step.Look look) {
            return look(look.subject());
        }
        String subject = catalog.change(step, now);
        if (subject != null) {
            realign(subject);
        }
        return "";
    }

    private String use(Step.Use use) {
        List<Step.Item> items = new ArrayList<>(use.items());
        items.sort(Comparator.comparing(Step.Item::subject).thenComparing(Step.Item::feature));
        String request = "use " + items;
        String known = known(items, use.key(), request);
        if (known != null) {
            return known;
        }
        List<Verdict> found = items.stream().map(this::found).toList();
        if (!found.stream().allMatch(Verdict::allowed)) {
            return text(new Decision(found, use.key(), false, false));
        }
        for (Verdict verdict : found) {
            if (verdict.counter().used() > Units.MAX - verdict.amount()) {
                return "error";
            }
        }
        List<Verdict> verdicts = new ArrayList<>();
        items.forEach(item -> verdicts.add(write(item, item.amount(), use.key(), request)));
        return text(new Decision(verdicts, use.key(), false, false));
    }

    private String reset(Step.Reset reset) {
        Step.Item item = new Step.Item(reset.subject(), reset.feature(), 0);
        String request = "reset " + item;
        String known = known(List.of(item), reset.key(), request);
        if (known != null) {
            return known;
        }
        Verdict found = found(item);
        Verdict verdict = found.refusal() == null || found.refusal() == RefusalReason.EXHAUSTED
                ? write(item, -found.counter().used(), reset.key(), request)
                : found;
        return text(new Decision(List.of(verdict), reset.key(), false, false));
    }

    private String check(Step.Item item) {
        Verdict found = found(item);
        boolean overflows = found.allowed() && found.counter().used() > Units.MAX - item.amount();
        return overflows ? "error" : List.of(found).toString();
    }

    private String look(String subject) {
        StringBuilder text = new StringBuilder();
        for (String feature : new TreeSet<>(StepGenerator.PERIODS.keySet())) {
            Verdict found = found(new Step.Item(subject, feature, 0));
            if (found.window() != null) {
                text.append(feature)
                        .append(' ')
                        .append(found.counter().used())
                        .append(" of ")
                        .append(found.limit())
                        .append("; ");
            }
        }
        return text + "alerts " + alerts.getOrDefault(subject, List.of()) + " ledger "
                + ledger.getOrDefault(subject, List.of());
    }

    /** Returns the answer to a key that stands for something on any of these lines, or null. */
    private @Nullable String known(List<Step.Item> items, String key, String request) {
        List<Verdict> answers = new ArrayList<>();
        boolean same = true;
        for (Step.Item item : items) {
            Known known = keys.get(List.of(item.subject(), item.feature(), key));
            if (known != null) {
                answers.add(known.verdict());
                same &= known.request().equals(request);
            }
        }
        if (answers.isEmpty()) {
            return null;
        }
        boolean all = answers.size() == items.size();
        return same && all ? text(new Decision(answers, key, true, false)) : "conflict";
    }

    private Verdict found(Step.Item item) {
        Terms terms = catalog.terms(item.subject(), item.feature(), now);
        Count count = counts.get(counter(item, terms));
        long used = count == null ? 0 : count.used;
        RefusalReason refusal = terms.refusal();
        if (refusal == null
                && !terms.limit().isUnlimited()
                && item.amount() > terms.limit().units() - used) {
            refusal = RefusalReason.EXHAUSTED;
        }
        return verdict(item, terms, refusal, used);
    }

    private static Verdict verdict(Step.Item item, Terms terms, @Nullable RefusalReason refusal, long used) {
        boolean granted = terms.refusal() == null;
        return new Verdict(
                item.subject(),
                item.feature(),
                item.amount(),
                refusal,
                terms.limit(),
                new Counter(used, 0),
                granted ? terms.window() : null,
                terms.source());
    }

    private Verdict write(Step.Item item, long delta, String key, String request) {
        Terms terms = catalog.terms(item.subject(), item.feature(), now);
        Count count = counts.computeIfAbsent(counter(item, terms), counter -> new Count());
        long before = count.used;
        count.used += delta;
        fire(item, terms, count, before);
        if (delta != 0) {
            ledger.computeIfAbsent(item.subject(), subject -> new ArrayList<>())
                    .add(0, item.feature() + " " + delta + " -> " + count.used + " " + key);
        }
        Verdict verdict = verdict(item, terms, null, count.used);
        keys.put(List.of(item.subject(), item.feature(), key), new Known(request, verdict));
        return verdict;
    }

    /** R26-R31: what fell below is armed again, and what is reached and armed fires. */
    private void fire(Step.Item item, Terms terms, Count count, long before) {
        long limit = terms.limit().units();
        if (limit == 0) {
            return;
        }
        long lowest = Math.min(before, count.used);
        if (count.fired.removeIf(percent -> limit < 0 || lowest * 100 < percent * limit)) {
            count.generation++;
        }
        for (int percent : Thresholds.DEFAULT.percents()) {
            if (limit > 0 && count.used * 100 >= percent * limit && count.fired.add(percent)) {
                alerts.computeIfAbsent(item.subject(), subject -> new ArrayList<>())
                        .add(item.feature() + " " + percent + "% " + count.used + "/" + limit + " #"
                                + count.generation);
            }
        }
    }

    /** R29, R30: what a change of terms does to the alerts of the counters of now. */
    private void realign(String subject) {
        for (String feature : new TreeSet<>(StepGenerator.PERIODS.keySet())) {
            Step.Item item = new Step.Item(subject, feature, 0);
            Terms terms = catalog.terms(subject, feature, now);
            Count count = counts.get(counter(item, terms));
            if (terms.refusal() == null && count != null) {
                fire(item, terms, count, count.used);
            }
        }
    }

    private static List<Object> counter(Step.Item item, Terms terms) {
        return List.of(item.subject(), item.feature(), terms.window());
    }

    static String text(Decision decision) {
        return decision.toString();
    }
}
