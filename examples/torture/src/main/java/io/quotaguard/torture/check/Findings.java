package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.torture.history.Call;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects what is found, and tells each as a story. Not thread-safe. */
public final class Findings {
    /** Of each promise; the rest is only counted, since one defect breaks it again and again. */
    private static final int MAX_STORIES = 20;

    /** Begins the name of a figure: how often a feature was asked for units, and had an answer. */
    public static final String ASKED = "asked of ";

    /** Begins the name of a figure: how often a feature had too little room for what was asked. */
    public static final String REFUSED = "refused by ";

    private static final int MAX_LINES = 24;

    private final List<Violation> violations = new ArrayList<>();
    private final Map<Invariant, Integer> counts = new EnumMap<>(Invariant.class);
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private final long zeroNanos;

    /** @param zeroNanos the moment from which stories count their seconds */
    Findings(long zeroNanos) {
        this.zeroNanos = zeroNanos;
    }

    /** Returns the violations that have a story. */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** Returns how often each promise was broken. */
    public Map<Invariant, Integer> counts() {
        return counts;
    }

    /** Returns what was counted on the way, by name. */
    public Map<String, Long> figures() {
        return figures;
    }

    void count(String figure, long units) {
        figures.merge(figure, units, Long::sum);
    }

    void most(String figure, long units) {
        figures.merge(figure, units, Long::max);
    }

    void broken(Invariant invariant, String headline, List<Call> calls, List<UsageRecord> rows, String... notes) {
        if (counts.merge(invariant, 1, Integer::sum) > MAX_STORIES) {
            return;
        }
        List<String> story = new ArrayList<>();
        calls.stream().limit(MAX_LINES / 2).forEach(call -> story.add(tell(call)));
        rows.stream().limit(MAX_LINES / 2).forEach(row -> story.add(tell(row)));
        story.addAll(List.of(notes));
        violations.add(new Violation(invariant, headline, story));
    }

    private String tell(Call call) {
        Call.End end = call.end();
        String asked = at(call.invokedNanos()) + " " + call.node() + " asks " + call.kind()
                + (call.key().isEmpty() ? "" : " with key " + call.key())
                + (call.target() == null ? "" : " on " + call.target()) + ": " + call.items();
        if (end == null) {
            return asked + "; its process did not live to see the answer";
        }
        return asked + "; at " + at(end.nanos()) + " it is told " + end.ending() + (end.replayed() ? " (replayed)" : "")
                + " " + end.answers();
    }

    private String tell(UsageRecord row) {
        return "the ledger has, written at " + row.recordedAt() + ", row " + row.id() + ": " + row.operation() + " "
                + row.amount() + " of " + row.subject() + "/" + row.feature() + " with key " + row.key() + ", "
                + row.usedAfter() + " used after it of " + row.limit();
    }

    String at(long nanos) {
        return String.format(Locale.ROOT, "%.6f s", (nanos - zeroNanos) / 1e9);
    }
}
