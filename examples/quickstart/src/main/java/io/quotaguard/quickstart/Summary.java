package io.quotaguard.quickstart;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertLevel;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import java.io.PrintStream;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells a day in plain text. */
final class Summary {
    private static final int SHOWN = 12;
    private static final int SAMPLES = 4;
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT);
    private static final DateTimeFormatter ZONED = DateTimeFormatter.ofPattern("MM-dd HH:mm VV", Locale.ROOT);

    private final Day day;
    private final PrintStream out;

    Summary(Day day, PrintStream out) {
        this.day = day;
        this.out = out;
    }

    void print() {
        new RequestTable(day.answers()).print(out);
        upgrades();
        alerts();
        ranOut();
        nightly();
        scheduled();
        refunds();
        work();
        pools();
        crashes();
        proofs();
    }

    private void upgrades() {
        List<LogLine> upgrades = day.log().lines().stream()
                .filter(line -> line.action() == LogLine.Action.UPGRADE)
                .toList();
        if (upgrades.isEmpty()) {
            return;
        }
        heading("Upgrades", upgrades.size() + ", each at once, with what was used kept");
        upgrades.forEach(
                line -> out.println("  " + local(line.at()) + "  " + line.subject() + " to " + line.field("plan")));
    }

    private void alerts() {
        if (day.alerts().isEmpty()) {
            heading("Alerts", "none");
            return;
        }
        Map<AlertLevel, Long> levels =
                day.alerts().stream().collect(Collectors.groupingBy(Alert::level, Collectors.counting()));
        heading("Alerts", day.alerts().size() + " fired: " + counts(levels));
        TextTable table =
                new TextTable("time (" + day.log().offset() + ")", "subject", "feature", "level", "at", "used", "of");
        day.alerts().stream()
                .sorted(Comparator.comparing(Alert::firedAt)
                        .thenComparing(Alert::subject)
                        .thenComparing(Alert::feature)
                        .thenComparing(Alert::id))
                .limit(SHOWN)
                .forEach(alert -> table.row(
                        local(alert.firedAt()),
                        alert.subject(),
                        alert.feature(),
                        alert.level(),
                        alert.threshold() + "%",
                        alert.used(),
                        alert.limit()));
        table.print(out);
        more(day.alerts().size());
    }

    private static String counts(Map<AlertLevel, Long> levels) {
        List<String> texts = new ArrayList<>();
        for (AlertLevel level : AlertLevel.values()) {
            texts.add(levels.getOrDefault(level, 0L) + " " + level);
        }
        return String.join(", ", texts);
    }

    private record CounterId(
            String subject, String feature, @Nullable Window window) {
        static CounterId of(Verdict verdict) {
            return new CounterId(verdict.subject(), verdict.feature(), verdict.window());
        }
    }

    /** The first request that a counter refused, and how many followed. */
    private void ranOut() {
        Map<CounterId, List<LogLine>> refusals = new LinkedHashMap<>();
        for (Answer answer : day.answers()) {
            answer.decision()
                    .ifPresent(decision -> decision.refused().stream()
                            .filter(verdict -> verdict.refusal() == RefusalReason.EXHAUSTED)
                            .forEach(verdict -> refusals.computeIfAbsent(CounterId.of(verdict), id -> new ArrayList<>())
                                    .add(answer.line())));
        }
        if (refusals.isEmpty()) {
            heading("Ran out", "nobody");
            return;
        }
        heading("Ran out", refusals.size() + " times; the most refused first");
        TextTable table = new TextTable("first refused", "subject", "feature", "refused", "resets at");
        refusals.entrySet().stream()
                .sorted(Comparator.comparing(entry -> -entry.getValue().size()))
                .limit(SHOWN)
                .forEach(entry -> table.row(
                        local(entry.getValue().get(0).at()),
                        entry.getKey().subject(),
                        entry.getKey().feature(),
                        entry.getValue().size(),
                        resetsAt(entry.getKey())));
        table.print(out);
        more(refusals.size());
    }

    private String resetsAt(CounterId id) {
        Instant end = id.window() == null ? null : id.window().end();
        return end == null
                ? "never"
                : ZONED.format(end.atZone(day.log().account(id.subject()).zone()));
    }

    private void nightly() {
        NightlyTable table = new NightlyTable(day.answers());
        if (!table.isEmpty()) {
            heading("Nightly", table.heading());
            table.print(out, line -> local(line.at()));
        }
    }

    private void scheduled() {
        Map<Answer.Kind, Long> kinds = day.answers().stream()
                .filter(answer -> answer.line().action() == LogLine.Action.SCHEDULED)
                .collect(Collectors.groupingBy(Answer::kind, TreeMap::new, Collectors.counting()));
        if (!kinds.isEmpty()) {
            String ends = kinds.entrySet().stream()
                    .map(kind -> kind.getValue() + " " + kind.getKey().name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            heading("Scheduled", "posts of many authors that came due together, each decided for itself: " + ends);
        }
    }

    private void refunds() {
        List<Decision> refunds = day.answers().stream()
                .filter(answer -> answer.kind() == Answer.Kind.ALLOWED)
                .flatMap(answer -> answer.refund().stream())
                .toList();
        if (!refunds.isEmpty()) {
            long units = refunds.stream().mapToLong(Decision::granted).sum();
            heading("Refunds", units + " units of " + refunds.size() + " posts, for channels that did not answer");
        }
    }

    private void work() {
        heading("Published", sample(day.published().size(), "files"));
        spread(day.published()).forEach(title -> out.println("  " + title));
        heading("Distilled", sample(day.keywords().size(), "topics"));
        spread(List.copyOf(day.keywords().entrySet()))
                .forEach(entry -> out.println("  " + entry.getKey() + ": " + String.join(", ", entry.getValue())));
    }

    private void pools() {
        if (!day.pools().isEmpty()) {
            heading("Pools", "what teams share, as it stands in the end; a window that has reset starts at 0");
            new PoolTable(day.pools()).print(out);
        }
    }

    private void crashes() {
        day.crashes()
                .ifPresent(report -> heading(
                        "Crash between article and usage",
                        report.crashes()
                                + " forced, before the charge and before the commit, and the request repeated: "
                                + report.articles() + " articles, " + report.usages() + " usages"));
    }

    private void proofs() {
        heading("Proof", "read back from the store; what a team's member uses is charged to both");
        for (Proof proof : day.proofs()) {
            out.println("  " + (proof.holds() ? "ok    " : "WRONG ") + proof.claim() + ": " + proof.detail());
        }
        heading("Decisions", "the same on every store and with any number of threads");
        out.println("  sha-256 " + day.digest());
    }

    private static String sample(int count, String what) {
        return count == 0 ? "none" : count + " " + what + (count > SAMPLES ? ", such as" : "");
    }

    private void heading(String title, String text) {
        out.println();
        out.println(title + ": " + text);
    }

    private void more(int count) {
        if (count > SHOWN) {
            out.println("  ... and " + (count - SHOWN) + " more");
        }
    }

    private String local(Instant time) {
        return MINUTE.format(time.atOffset(day.log().offset()));
    }

    /** Returns a few from all over the list. */
    private static <T> List<T> spread(List<T> all) {
        int step = Math.max(1, all.size() / SAMPLES);
        List<T> few = new ArrayList<>();
        for (int i = step / 2; i < all.size() && few.size() < SAMPLES; i += step) {
            few.add(all.get(i));
        }
        return few;
    }
}
