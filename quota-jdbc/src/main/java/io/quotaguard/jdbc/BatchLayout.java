package io.quotaguard.jdbc;

import io.quotaguard.model.Origin;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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
    private final Set<CounterKey> granted = new HashSet<>();
    private boolean origins;

    /**
     * A line within the list, with its command.
     *
     * @param linesLeft how many lines of its command follow
     * @param twin the first line of the list with the same key, from 1
     * @param identity of the ledger row that it writes; null for a check, which neither looks up its key nor leaves it behind
     * @param chargedWith for a use, the identities of the rows on its behalf as an array's text; null when there are none
     */
    record Entry(
            Command command,
            Line line,
            int linesLeft,
            int twin,
            @Nullable UUID identity,
            @Nullable String chargedWith) {}

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

    /** Whose use it is. */
    private record Use(String subject, String feature) {}

    BatchLayout(List<Command> commands) {
        this.commands = commands;
        Map<KeyScope, Integer> firstOfKey = new HashMap<>();
        commands.forEach(command -> add(command, firstOfKey));
        counters.addAll(access.keySet());
        counters.sort(LOCK_ORDER);
        for (int i = 0; i < counters.size(); i++) {
            places.put(counters.get(i), i + 1);
        }
    }

    private void add(Command command, Map<KeyScope, Integer> firstOfKey) {
        List<Line> lines = command.lines();
        boolean checks = command.operation() == Operation.CHECK;
        Map<Use, String> chargedWith = checks || lines.size() == 1 ? Map.of() : chargedWith(command);
        short wanted = wantedAccess(command);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            int ordinal = entries.size() + 1;
            // What is charged on behalf of a use goes the use's way, so its key is nobody's twin.
            int twin = checks || line.origin() != null
                    ? ordinal
                    : firstOfKey.computeIfAbsent(
                            new KeyScope(line.subject(), line.feature(), command.key()), scope -> ordinal);
            UUID identity = checks ? null : command.identity(line);
            String with = line.origin() == null ? chargedWith.get(new Use(line.subject(), line.feature())) : null;
            entries.add(new Entry(command, line, lines.size() - 1 - i, twin, identity, with));
            CounterKey counter = CounterKey.of(line);
            access.merge(counter, wanted, (one, other) -> one > other ? one : other);
            origins |= line.origin() != null;
            if (line.terms().granted()) {
                granted.add(counter);
            }
        }
    }

    /** A hold writes no rows on behalf of its use. */
    private static Map<Use, String> chargedWith(Command command) {
        Map<Use, List<UUID>> rows = new HashMap<>();
        for (Line line : command.lines()) {
            Origin origin = line.origin();
            if (origin != null && command.operation() != Operation.HOLD) {
                rows.computeIfAbsent(new Use(origin.subject(), origin.feature()), use -> new ArrayList<>())
                        .add(command.identity(line));
            }
        }
        Map<Use, String> texts = new HashMap<>();
        rows.forEach((use, identities) ->
                texts.put(use, identities.toString().replace('[', '{').replace(']', '}')));
        return texts;
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

    /** Tells whether any line is charged on behalf of a use. */
    boolean hasOrigins() {
        return origins;
    }

    /** Tells whether any counter's subject has grants of its feature. */
    boolean hasGrants() {
        return !granted.isEmpty();
    }

    boolean isGranted(CounterKey counter) {
        return granted.contains(counter);
    }

    /**
     * A use that would be refused even by an untouched counter must not create one (R2), so only those that pass beside
     * zero may.
     */
    private static short wantedAccess(Command command) {
        return switch (command.operation()) {
            case CHECK -> READ;
            case POST -> CREATE;
            case RECORD, HOLD ->
                command.lines().stream().allMatch(line -> mayPass(line, line.amount())) ? CREATE : LOCK;
            case UP_TO -> command.lines().stream().allMatch(line -> mayPass(line, line.rate())) ? CREATE : LOCK;
            case RESET, COMMIT, COMMIT_MORE, RELEASE, EXTEND, SPEND, CORRECT_TO, CORRECT_BY -> LOCK;
        };
    }

    /** How much grants add to a ceiling, only the database knows. */
    private static boolean mayPass(Line line, long units) {
        return line.terms().standing() == Standing.GRANTED
                && (line.terms().granted() || line.terms().ceiling().admits(0, units));
    }
}
