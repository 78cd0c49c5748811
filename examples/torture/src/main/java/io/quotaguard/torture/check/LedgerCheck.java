package io.quotaguard.torture.check;

import io.quotaguard.model.Counter;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A2, C1: each row follows from the one before, each was asked for, and the counter is what they add up to. */
final class LedgerCheck {
    private final Evidence evidence;
    private final Findings findings;

    private LedgerCheck(Evidence evidence, Findings findings) {
        this.evidence = evidence;
        this.findings = findings;
    }

    static void run(Evidence evidence, Findings findings) {
        LedgerCheck check = new LedgerCheck(evidence, findings);
        evidence.chains.values().forEach(check::chain);
        check.windows();
        check.counters();
        check.strangers();
        evidence.books
                .drifts()
                .forEach(drift -> findings.broken(
                        Invariant.A2, "the store itself finds a drift: " + drift, List.of(), List.of()));
        findings.count("ledger rows", evidence.books.rows().size());
        findings.count("counters", evidence.chains.size());
    }

    /** What is used in one of two windows that overlap does not count in the other. */
    private void windows() {
        Map<String, List<Chain>> byPair = new HashMap<>();
        evidence.chains.forEach((counter, chain) -> byPair.computeIfAbsent(
                        pair(counter.subject(), counter.feature()), absent -> new ArrayList<>())
                .add(chain));
        byPair.values().forEach(chains -> {
            chains.sort(Comparator.comparing(chain -> chain.counter.window().start()));
            for (int i = 1; i < chains.size(); i++) {
                Instant end = chains.get(i - 1).counter.window().end();
                if (end == null || end.isAfter(chains.get(i).counter.window().start())) {
                    findings.broken(
                            Invariant.C1,
                            "the window of " + chains.get(i).counter + " begins before the one of "
                                    + chains.get(i - 1).counter + " ends",
                            List.of(),
                            List.of(
                                    chains.get(i - 1).rows.get(0),
                                    chains.get(i).rows.get(0)));
                }
            }
        });
    }

    private void chain(Chain chain) {
        long used = 0;
        long before = Long.MIN_VALUE;
        for (int i = 0; i < chain.rows.size(); i++) {
            UsageRecord row = chain.rows.get(i);
            used += row.amount();
            if (row.usedAfter() != used || used < 0) {
                findings.broken(
                        Invariant.A2,
                        "the rows of " + chain.counter + " add up to " + used + ", not to what the row says",
                        evidence.callsBehind(row),
                        chain.rows.subList(Math.max(0, i - 1), i + 1));
                used = row.usedAfter();
            }
            boolean dated = row.operation() == UsageRecord.Operation.RECORD && !evidence.leased(row.feature());
            if (dated && chain.latest(i) < before) {
                findings.broken(
                        Invariant.C1,
                        "dated before a use that was written before it, " + row.recordedAt(),
                        evidence.callsBehind(row),
                        chain.rows.subList(Math.max(0, i - 2), i + 1));
            }
            before = dated ? Math.max(before, chain.earliest(i)) : before;
            if (dated && !row.window().contains(row.recordedAt())) {
                findings.broken(
                        Invariant.C1,
                        "a use of " + row.recordedAt() + " stands in the window from "
                                + row.window().start() + " to " + row.window().end(),
                        evidence.callsBehind(row),
                        List.of(row));
            }
        }
    }

    private void counters() {
        evidence.books.counters().forEach((name, counter) -> {
            Chain chain = evidence.chain(name);
            long used = chain == null ? 0 : chain.usedAfter(chain.rows.size() - 1);
            if (counter.used() != used) {
                int from = chain == null ? 0 : Math.max(0, chain.rows.size() - 2);
                findings.broken(
                        Invariant.A2,
                        "the counter of " + name + " says " + counter.used() + ", its rows " + used,
                        List.of(),
                        chain == null ? List.of() : chain.rows.subList(from, chain.rows.size()));
            }
            held(name, counter);
        });
    }

    private void held(CounterName name, Counter counter) {
        long maybe = evidence.holds.maybe(name, evidence.lastNanos, Long.MAX_VALUE);
        if (counter.held() != 0 && !evidence.leased(name.feature()) && counter.held() > maybe) {
            findings.broken(
                    Invariant.H1,
                    counter.held() + " units of " + name + " are held when nobody holds them",
                    List.of(),
                    List.of());
        }
    }

    /** Rows that nobody asked for. The last leased uses of a killed process are known by their keys to nobody. */
    private void strangers() {
        Map<String, Long> unfinished = new HashMap<>();
        for (Call call : evidence.history.calls()) {
            if (call.kind() == CallKind.LEASED_USE && call.end() == null) {
                unfinished.merge(
                        pair(call.items().get(0).subject(), call.items().get(0).feature()), 1L, Long::sum);
            }
        }
        for (UsageRecord row : evidence.books.rows()) {
            if (!evidence.callsBehind(row).isEmpty()) {
                continue;
            }
            Long left = unfinished.get(pair(row.subject(), row.feature()));
            if (left != null && left > 0) {
                unfinished.put(pair(row.subject(), row.feature()), left - 1);
            } else {
                findings.broken(
                        Invariant.A2,
                        "nobody asked for row " + row.id(),
                        Objects.requireNonNullElse(evidence.callsByKey.get(row.key()), List.of()),
                        List.of(row));
            }
        }
    }

    private static String pair(String subject, String feature) {
        return subject + "/" + feature;
    }
}
