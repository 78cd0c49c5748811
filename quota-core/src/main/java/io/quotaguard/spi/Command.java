package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one primitive: an operation on one or more lines that happens as a whole or not at all. Immutable.
 *
 * @param operation what it does
 * @param key the idempotency key; its scope is the (subject, feature) of each use itself (R8)
 * @param lines sorted; the uses themselves and, beside them, the counters charged on their behalf
 * @param metadata what the caller attached, kept with each ledger row
 * @param target what it is about, unless it is a plain charge
 */
public record Command(
        Operation operation,
        String key,
        List<Line> lines,
        Map<String, String> metadata,
        @Nullable Target target) {
    /** The most uses of one command. */
    public static final int MAX_USES = 100;

    /** The most lines of one command: each use, its pools, and what all of these are paid from. */
    public static final int MAX_LINES = MAX_USES * 8;

    public Command {
        if (lines.isEmpty() || lines.size() > MAX_LINES) {
            throw InvalidQuotaArgumentException.of("R3", "number of lines", lines.size(), "is not in 1 … " + MAX_LINES);
        }
        lines = lines.size() == 1 ? List.copyOf(lines) : sorted(lines);
    }

    /** A plain charge. */
    public Command(Operation operation, String key, List<Line> lines, Map<String, String> metadata) {
        this(operation, key, lines, metadata, null);
    }

    private static List<Line> sorted(List<Line> lines) {
        List<Line> sorted = new ArrayList<>(lines);
        sorted.sort(null);
        for (int i = 1; i < sorted.size(); i++) {
            Line line = sorted.get(i);
            if (line.compareTo(sorted.get(i - 1)) == 0) {
                throw InvalidQuotaArgumentException.of(
                        "R3",
                        "line",
                        line.subject() + " / " + line.feature(),
                        "stands twice in one call; add its amounts up and name it once");
            }
        }
        return List.copyOf(sorted);
    }

    /** Returns this command with other lines. */
    public Command withLines(List<Line> others) {
        return new Command(operation, key, others, metadata, target);
    }

    /** Returns what a repeated key is compared by (R8): what the caller asked for, whoever else is charged for it. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(this);
    }

    /** Returns the identity of the ledger row that the command writes for one of its lines. */
    public UUID identity(Line line) {
        return KeyIdentity.of(line.subject(), line.feature(), key, operation.commits(), line.origin());
    }
}
