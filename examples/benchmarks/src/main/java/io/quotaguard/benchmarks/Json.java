package io.quotaguard.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The little of JSON that a page's script reads, safe inside an HTML script element. */
final class Json {
    private Json() {}

    static String text(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each < ' ' || each > '~' || each == '"' || each == '\\' || each == '<') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
            } else {
                quoted.append(each);
            }
        }
        return quoted.append('"').toString();
    }

    /** Returns a number, or null for one that is not known. */
    static String number(double number) {
        return Double.isFinite(number) ? Double.toString(number) : "null";
    }

    static String array(List<String> values) {
        return "[" + String.join(",", values) + "]";
    }

    /** Takes values that are JSON already. */
    static String object(Map<String, String> values) {
        return new TreeMap<>(values)
                .entrySet().stream()
                        .map(each -> text(each.getKey()) + ":" + each.getValue())
                        .collect(Collectors.joining(",", "{", "}"));
    }
}
