package io.quotaguard.jdbc;

import io.quotaguard.model.Standing;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Commands laid out for one statement: their lines in order, and the distinct counters behind them in the order in which
 * they are locked (trap 14). Used by one thread.
 */
final class BatchLayout {
    /** What the statement does with a counter; the larger code includes the smaller. */
    private static final short READ = 0;

    private static final short LOCK = 1;
    private static final short CREATE = 2;

    private static final Comparator<CounterKey> LOCK_ORDER = Comparator.comparing(CounterKey::subject, CodePoints.ORDER)
            .thenComparing(CounterKey::feature, CodePoints.ORDER)
            .thenComparing(CounterKey::start)
            .thenComparing(CounterKey::end, Comparator.nullsLast(Comparator.naturalOrder()));

    private final List<Command> commands;
    private final List<Entry> entries = new ArrayList<>();
    private final List<CounterKey> counters = new ArrayList<>();
    private final Map<CounterKey, Integer> places = new HashMap<>();
    private final Map<CounterKey, Short> access = new HashMap<>();

    /** A line within the list, with its command. */
    record Entry(Command command, Line line, int linesLeft, int twin) {}

    /** What one row of the counters' table stands for. */
    record CounterKey(
            String subject,
            String feature,
            Instant start,
            @Nullable Instant end) {
        static CounterKey of(Line line) {
            Window window = line.terms().window();
            return new CounterKey(line.subject(), line.feature(), window.start(), window.end());
        }
    }

    private record KeyScope(String subject, String feature, String key) {}

    BatchLayout(List<Command> commands) {
        this.commands = commands;
        Map<KeyScope, Integer> firstOfKey = new HashMap<>();
        for (Command command : commands) {
            List<Line> lines = command.lines();
            short wanted = wantedAccess(command);
            for (int i = 0; i < lines.size(); i++) {
                Line line = lines.get(i);
                int ordinal = entries.size() + 1;
                int twin = command.operation() == Operation.CHECK
                        ? ordinal
                        : firstOfKey.computeIfAbsent(
                                new KeyScope(line.subject(), line.feature(), command.key()), scope -> ordinal);
                entries.add(new Entry(command, line, lines.size() - 1 - i, twin));
                access.merge(CounterKey.of(line), wanted, (one, other) -> one > other ? one : other);
            }
        }
        counters.addAll(access.keySet());
        counters.sort(LOCK_ORDER);
        for (int i = 0; i < counters.size(); i++) {
            places.put(counters.get(i), i + 1);
        }
    }

    List<Command> commands() {
        return commands;
    }

    List<Entry> entries() {
        return entries;
    }

    List<CounterKey> counters() {
        return counters;
    }

    /** Returns the place of a line's counter in {@link #counters()}, from 1. */
    int place(Line line) {
        Integer place = places.get(CounterKey.of(line));
        if (place == null) {
            throw new IllegalStateException("every line's counter has a place");
        }
        return place;
    }

    short access(CounterKey counter) {
        return access.getOrDefault(counter, READ);
    }

    /**
     * A use that would be refused even by an untouched counter must not create one (R2), so only those that pass beside
     * zero may.
     */
    private static short wantedAccess(Command command) {
        return switch (command.operation()) {
            case CHECK -> READ;
            case RESET -> LOCK;
            case POST -> CREATE;
            case RECORD -> command.lines().stream().allMatch(BatchLayout::passesBesideZero) ? CREATE : LOCK;
        };
    }

    private static boolean passesBesideZero(Line line) {
        return line.terms().standing() == Standing.GRANTED
                && line.terms().ceiling().admits(0, line.amount());
    }
}
