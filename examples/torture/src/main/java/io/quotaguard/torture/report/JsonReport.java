package io.quotaguard.torture.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The report for programs. */
public final class JsonReport {
    private JsonReport() {}

    public static String of(RunReport run) {
        return object(
                        field("store", text(run.store())),
                        field("command", text(run.command())),
                        field("kept", Boolean.toString(run.kept())),
                        field("calls", Long.toString(run.calls())),
                        field("faults", numbers(run.faults())),
                        field("figures", numbers(run.figures())),
                        field("broken", numbers(run.broken())),
                        field(
                                "rounds",
                                list(run.rounds().stream()
                                        .map(JsonReport::round)
                                        .toList())))
                + "\n";
    }

    private static String round(RoundReport round) {
        return object(
                field("seed", Long.toString(round.seed())),
                field("calls", Long.toString(round.calls())),
                field("loadMillis", Long.toString(round.load().toMillis())),
                field("checkMillis", Long.toString(round.check().toMillis())),
                field("figures", numbers(new TreeMap<>(round.figures()))),
                field(
                        "failed",
                        list(round.failed().stream().map(JsonReport::text).toList())),
                field(
                        "faults",
                        list(round.faults().stream().map(JsonReport::fault).toList())),
                field(
                        "violations",
                        list(round.violations().stream()
                                .map(found -> object(
                                        field(
                                                "invariant",
                                                text(found.invariant().name())),
                                        field("headline", text(found.headline())),
                                        field(
                                                "story",
                                                list(found.story().stream()
                                                        .map(JsonReport::text)
                                                        .toList()))))
                                .toList())));
    }

    private static String fault(RoundReport.Happened fault) {
        return object(
                field("fault", text(fault.fault())),
                field("atMillis", Long.toString(fault.at().toMillis())),
                field("lastedMillis", Long.toString(fault.lasted().toMillis())));
    }

    private static String numbers(Map<?, ? extends Number> numbers) {
        return object(numbers.entrySet().stream()
                .map(entry -> field(String.valueOf(entry.getKey()), String.valueOf(entry.getValue())))
                .toArray(String[]::new));
    }

    private static String field(String name, String value) {
        return text(name) + ": " + value;
    }

    private static String object(String... fields) {
        return "{" + String.join(", ", fields) + "}";
    }

    private static String list(List<String> values) {
        return values.stream().collect(Collectors.joining(",\n", "[", "]"));
    }

    private static String text(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
