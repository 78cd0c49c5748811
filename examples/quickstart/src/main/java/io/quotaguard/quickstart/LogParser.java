package io.quotaguard.quickstart;

import io.quotaguard.quickstart.LogLine.Action;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads one line at a time, such as
 *
 * <pre>{@code 2026-03-31T23:58:12+08:00 user-17 generate key=gen-000812 topic="spring tea picking"}</pre>
 *
 * and says exactly what is wrong with one that it cannot read.
 */
final class LogParser {
    private static final Pattern FIELD = Pattern.compile("([a-z]+)=(?:\"([^\"]*)\"|([^\\s\"]+))(?:\\s+|$)");

    private static final Pattern UNITS = Pattern.compile("[0-9]{1,9}");

    private LogParser() {}

    static LogLine parse(int number, String text) {
        String[] parts = text.strip().split("\\s+", 4);
        if (parts.length < 4) {
            throw new LogFormatException(number, "TIME SUBJECT ACTION NAME=VALUE ...", text);
        }
        Action action = action(number, parts[2]);
        Map<String, String> fields = fields(number, action, parts[3]);
        return new LogLine(number, time(number, parts[0]), parts[1], action, fields);
    }

    private static OffsetDateTime time(int number, String text) {
        try {
            return OffsetDateTime.parse(text);
        } catch (DateTimeException e) {
            throw new LogFormatException(number, "a time with its offset, such as 2026-03-31T23:58:12+08:00", text);
        }
    }

    private static Action action(int number, String word) {
        return Arrays.stream(Action.values())
                .filter(action -> action.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new LogFormatException(number, "one of the actions " + actions(), word));
    }

    private static String actions() {
        return Arrays.stream(Action.values()).map(Action::word).collect(Collectors.joining(", "));
    }

    private static Map<String, String> fields(int number, Action action, String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = FIELD.matcher(text);
        int read = 0;
        while (read < text.length()) {
            matcher.region(read, text.length());
            if (!matcher.lookingAt()) {
                throw new LogFormatException(number, "name=value or name=\"some words\"", text.substring(read));
            }
            String name = matcher.group(1);
            String value = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
            List<String> known = Stream.concat(action.required().stream(), action.optional().stream())
                    .toList();
            if (!known.contains(name)) {
                throw new LogFormatException(number, "a field of " + action.word() + " " + known, name);
            }
            if (fields.put(name, value) != null) {
                throw new LogFormatException(number, "each field once", name);
            }
            read = matcher.end();
        }
        require(number, action, fields, text);
        return fields;
    }

    private static void require(int number, Action action, Map<String, String> fields, String text) {
        for (String name : action.required()) {
            if (!fields.containsKey(name)) {
                throw new LogFormatException(number, action.word() + " with " + name + "=...", text);
            }
        }
        String zone = fields.get("zone");
        if (zone != null) {
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                throw new LogFormatException(number, "a time zone such as Asia/Shanghai or UTC", zone);
            }
        }
        for (String name : List.of("limit", "posts")) {
            String units = fields.get(name);
            if (units != null && !UNITS.matcher(units).matches()) {
                throw new LogFormatException(number, "a number of at most 9 digits", units);
            }
        }
    }
}
