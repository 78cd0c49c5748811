package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * What callers notice of a plan that is edited again and again: windows of calls without and with edits, in turns.
 *
 * @param subjects whose calls they are
 * @param quiet the windows without edits, by round
 * @param edited the windows with edits, by round
 */
record ChecksDuringEdits(String subjects, List<CallWindow> quiet, List<CallWindow> edited) {
    /** So few that all of them are in the cache. */
    private static final int WARM = 10_000;

    /** Longer than anything here takes: the longest call is to be seen, not cut off. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    ChecksDuringEdits {
        quiet = List.copyOf(quiet);
        edited = List.copyOf(edited);
    }

    /** One kind of window. */
    private record Case(Load load, boolean edits) {}

    /** Measures calls over everyone, most of whom are not in the cache, and over a few who all are. */
    static List<ChecksDuringEdits> measure(StoreUnderTest store, EditedPlan plan, PlanChangeOptions options)
            throws InterruptedException {
        Crowd everyone = plan.crowd();
        Crowd few = everyone.first(WARM);
        // Neither shares the administrator's cache: both learn of an edit as another node does. They hear no hints.
        try (QuotaGuard uniform = guard(store);
                QuotaGuard warm = guard(store);
                Load wide = new Load(uniform, everyone, options.threads(), store.callsPerSecond());
                Load narrow = new Load(warm, few, options.threads(), store.callsPerSecond())) {
            narrow.touchEveryone();
            List<Case> cases = List.of(
                    new Case(wide, false), new Case(wide, true), new Case(narrow, false), new Case(narrow, true));
            Rounds.Measurement<Case, CallWindow> window = each -> each.load()
                    .run(
                            options.times().window(),
                            end -> each.edits() ? edits(plan, options.times().betweenEdits(), end) : List.of());
            new Rounds(1).interleave(cases, window);
            Map<Case, List<CallWindow>> windows = new Rounds(options.rounds()).interleave(cases, window);
            return List.of(of("any of " + everyone.size(), wide, windows), of("a warm " + few.size(), narrow, windows));
        }
    }

    private static ChecksDuringEdits of(String subjects, Load load, Map<Case, List<CallWindow>> windows) {
        return new ChecksDuringEdits(
                subjects,
                windows.getOrDefault(new Case(load, false), List.of()),
                windows.getOrDefault(new Case(load, true), List.of()));
    }

    private static QuotaGuard guard(StoreUnderTest store) {
        return QuotaGuard.builder(store.serving()).timeout(TIMEOUT).build();
    }

    /** Edits the plan at even intervals, the first time after half of one; returns how long each edit took. */
    private static List<Long> edits(EditedPlan plan, Duration interval, long endNanos) {
        List<Long> nanos = new ArrayList<>();
        long due = System.nanoTime() + interval.toNanos() / 2;
        while (due - endNanos < 0) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            nanos.add(plan.editNanos());
            due += interval.toNanos();
        }
        return nanos;
    }

    /** Returns a figure of the windows with edits as a part of the same round's window without. */
    Spread ratio(ToDoubleFunction<CallWindow> figure) {
        return Spread.ofRatios(edited, quiet, figure);
    }

    static void print(List<ChecksDuringEdits> all, PrintStream out) {
        Table calls = new Table("checkAndRecord", "quiet", "with edits", "ratio by round");
        Table edits = new Table(
                "per 1000 calls", "catalog reads, quiet", "with edits", "stale, with edits", "per edit", "ms per edit");
        for (ChecksDuringEdits each : all) {
            each.addTo(calls, "calls/s", CallWindow::callsPerSecond);
            each.addTo(calls, "p50 ms", window -> window.latency().p50Millis());
            each.addTo(calls, "p95 ms", window -> window.latency().p95Millis());
            each.addTo(calls, "p99 ms", window -> window.latency().p99Millis());
            each.addTo(calls, "max ms", window -> window.latency().maxMillis());
            edits.row(
                    each.subjects,
                    Spread.of(each.quiet, CallWindow::readsPerThousandCalls),
                    Spread.of(each.edited, CallWindow::readsPerThousandCalls),
                    Spread.of(each.edited, CallWindow::stalePerThousandCalls),
                    Spread.of(each.edited, CallWindow::stalePerEdit),
                    each.editMillis());
        }
        calls.print(out);
        edits.print(out);
    }

    /** Returns how long an edit took while calls were made: each round's median. */
    private Spread editMillis() {
        return Spread.of(
                edited,
                window -> Spread.median(window.editMillis().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()));
    }

    private void addTo(Table table, String name, ToDoubleFunction<CallWindow> figure) {
        table.row(subjects + ", " + name, Spread.of(quiet, figure), Spread.of(edited, figure), ratio(figure));
    }
}
