package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The one primitive: an operation on one or more lines that happens as a whole or not at all. Immutable.
 *
 * @param operation what it does
 * @param key the idempotency key; its scope is each line's (subject, feature) (R8)
 * @param lines sorted by (subject, feature), each pair at most once
 * @param metadata what the caller attached, kept with each ledger row
 */
public record Command(Operation operation, String key, List<Line> lines, Map<String, String> metadata) {
    /** The most lines of one command. */
    public static final int MAX_LINES = 100;

    public Command {
        if (lines.isEmpty() || lines.size() > MAX_LINES) {
            throw InvalidQuotaArgumentException.of("R3", "number of lines", lines.size(), "is not in 1 … " + MAX_LINES);
        }
        lines = lines.size() == 1 ? List.copyOf(lines) : sorted(lines);
    }

    private static List<Line> sorted(List<Line> lines) {
        List<Line> sorted = new ArrayList<>(lines);
        sorted.sort(null);
        for (int i = 1; i < sorted.size(); i++) {
            Line line = sorted.get(i);
            if (line.sharesOwner(sorted.get(i - 1))) {
                throw InvalidQuotaArgumentException.of(
                        "R3",
                        "line",
                        line.subject() + " / " + line.feature(),
                        "stands twice in one call; add its amounts up and name it once");
            }
        }
        return List.copyOf(sorted);
    }

    /** Returns what a repeated key is compared by (R8). */
    public Fingerprint fingerprint() {
        return Fingerprint.of(operation, lines);
    }
}
