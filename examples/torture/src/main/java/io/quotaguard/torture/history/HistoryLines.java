package io.quotaguard.torture.history;

import io.quotaguard.model.Limit;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a history: a line an event, fields between tabs, lists between semicolons. The harness gives all names, so
 * none holds a separator.
 */
final class HistoryLines {
    static final String CLOCK = "C";
    static final String INVOKED = "I";
    static final String ENDED = "E";
    static final String DELIVERED = "D";
    private static final String NOTHING = "-";

    /** Ends a line whose last field a kill could cut short unseen. */
    private static final String WHOLE = ".";

    private HistoryLines() {}

    static String clock(long nanos, long wallMicros) {
        return String.join("\t", CLOCK, Long.toString(nanos), Long.toString(wallMicros)) + "\n";
    }

    static String invoked(
            long number, long nanos, CallKind kind, String key, @Nullable String target, List<Item> items) {
        StringBuilder list = new StringBuilder();
        for (Item item : items) {
            list.append(list.isEmpty() ? "" : ";")
                    .append(item.subject())
                    .append(',')
                    .append(item.feature())
                    .append(',')
                    .append(item.amount());
        }
        return String.join(
                        "\t",
                        INVOKED,
                        Long.toString(number),
                        Long.toString(nanos),
                        kind.name(),
                        key,
                        target == null ? NOTHING : target,
                        list)
                + "\n";
    }

    static String ended(long number, Call.End end) {
        StringBuilder list = new StringBuilder();
        for (Answer answer : end.answers()) {
            list.append(list.isEmpty() ? "" : ";").append(text(answer));
        }
        return String.join(
                        "\t",
                        ENDED,
                        Long.toString(number),
                        Long.toString(end.nanos()),
                        end.ending().name(),
                        end.key(),
                        end.replayed() ? "again" : "first",
                        Long.toString(end.untilMicros()),
                        list)
                + "\n";
    }

    static String delivered(Delivery delivery) {
        Window window = delivery.window();
        return String.join(
                        "\t",
                        DELIVERED,
                        Long.toString(delivery.nanos()),
                        delivery.stage().name(),
                        Long.toString(delivery.id()),
                        delivery.subject(),
                        delivery.feature(),
                        Long.toString(micros(window.start())),
                        window.end() == null ? NOTHING : Long.toString(micros(window.end())),
                        Integer.toString(delivery.threshold()),
                        Long.toString(delivery.generation()),
                        WHOLE)
                + "\n";
    }

    static Delivery parseDelivered(String node, String[] fields) {
        return new Delivery(
                node,
                Long.parseLong(fields[1]),
                Delivery.Stage.valueOf(fields[2]),
                Long.parseLong(fields[3]),
                fields[4],
                fields[5],
                new Window(instant(fields[6]), fields[7].equals(NOTHING) ? null : instant(fields[7])),
                Integer.parseInt(fields[8]),
                Long.parseLong(fields[9]));
    }

    private static String text(Answer answer) {
        Window window = answer.window();
        return String.join(
                ",",
                answer.subject(),
                answer.feature(),
                Long.toString(answer.amount()),
                answer.refusal() == null ? NOTHING : answer.refusal().name(),
                Long.toString(answer.limit().units()),
                Long.toString(answer.used()),
                Long.toString(answer.held()),
                window == null ? NOTHING : Long.toString(micros(window.start())),
                window == null || window.end() == null ? NOTHING : Long.toString(micros(window.end())),
                answer.plan() == null ? NOTHING : answer.plan(),
                Long.toString(answer.version()));
    }

    static Call parseInvoked(String node, String[] fields) {
        return new Call(
                node,
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                CallKind.valueOf(fields[3]),
                fields[4],
                fields[5].equals(NOTHING) ? null : fields[5],
                items(fields[6]),
                null);
    }

    static Call.End parseEnded(String[] fields) {
        return new Call.End(
                Long.parseLong(fields[2]),
                Ending.valueOf(fields[3]),
                fields[4],
                fields[5].equals("again"),
                Long.parseLong(fields[6]),
                answers(fields[7]));
    }

    private static List<Item> items(String text) {
        List<Item> items = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            String[] fields = part.split(",", -1);
            items.add(new Item(fields[0], fields[1], Long.parseLong(fields[2])));
        }
        return List.copyOf(items);
    }

    private static List<Answer> answers(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        List<Answer> answers = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            answers.add(answer(part.split(",", -1)));
        }
        return List.copyOf(answers);
    }

    private static Answer answer(String[] fields) {
        Window window = fields[7].equals(NOTHING)
                ? null
                : new Window(instant(fields[7]), fields[8].equals(NOTHING) ? null : instant(fields[8]));
        return new Answer(
                fields[0],
                fields[1],
                Long.parseLong(fields[2]),
                fields[3].equals(NOTHING) ? null : RefusalReason.valueOf(fields[3]),
                Limit.of(Long.parseLong(fields[4])),
                Long.parseLong(fields[5]),
                Long.parseLong(fields[6]),
                window,
                fields[9].equals(NOTHING) ? null : fields[9],
                Long.parseLong(fields[10]));
    }

    private static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
