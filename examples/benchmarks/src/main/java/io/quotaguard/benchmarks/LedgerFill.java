package io.quotaguard.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Counters and a ledger that agree, as a month of use would have left them, written by plain SQL. Each row is a copy of one
 * that the library wrote, but for what tells them apart, so that a column which this class does not know is filled too.
 */
final class LedgerFill {
    /** A generated key, and with it its identity, comes after those of all rows before it; a random one anywhere. */
    private static final String MADE = """
            SELECT n, at, CASE WHEN %2$b THEN md5(n::text)::uuid
                               ELSE (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
                                     || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid
                          END AS key
              FROM (SELECT n, now() - interval '30 days' * (1 - n::float8 / %1$d) AS at
                      FROM generate_series(0, %1$d::bigint - 1) n) made
            """;

    private static final String COPY = """
            INSERT INTO quotaguard.%1$s (%2$s)
            SELECT %3$s
              FROM (SELECT * FROM quotaguard.%1$s WHERE subject = '%4$s') t, (%5$s) n
            """;

    /** Identities are left to the server. */
    private static final String COLUMNS = """
            SELECT attname FROM pg_attribute
             WHERE attrelid = 'quotaguard.%s'::regclass AND attnum > 0 AND NOT attisdropped
               AND attidentity = '' AND attgenerated = ''
             ORDER BY attnum
            """;

    private final BenchmarkDatabase database;
    private final Crowd crowd;
    /** Whose only use is the row that all others are copies of. */
    private final String pattern;

    LedgerFill(BenchmarkDatabase database, Crowd crowd, String pattern) {
        this.database = database;
        this.crowd = crowd;
        this.pattern = pattern;
    }

    /** Gives everyone of the crowd a counter, and shares the rows out among them in turns. */
    void fill(long rows, GuardCalls.Keys keys) {
        String subject = "'" + crowd.plan() + "-' || n.n %% %d".formatted(crowd.size());
        String share = "(%d - n.n - 1) / %d".formatted(rows + crowd.size(), crowd.size());
        copy(
                "usage_counter",
                "SELECT n FROM generate_series(0, %d) n".formatted(crowd.size() - 1),
                Map.of("subject", subject, "used", share));
        if (rows > 0) {
            copy(
                    "usage_record",
                    MADE.formatted(rows, keys == GuardCalls.Keys.RANDOM),
                    Map.of(
                            "subject", subject,
                            "used_after", "n.n / %d + 1".formatted(crowd.size()),
                            "dedup", "n.key",
                            "key", "n.key::text",
                            "recorded_at", "n.at"));
        }
        database.settle();
    }

    private void copy(String table, String numbers, Map<String, String> different) {
        List<String> columns = database.texts(COLUMNS.formatted(table));
        if (!columns.containsAll(different.keySet())) {
            throw new IllegalStateException(
                    table + " has the columns " + columns + ", not all of " + different.keySet());
        }
        String values = columns.stream()
                .map(column -> different.getOrDefault(column, "t." + column))
                .collect(Collectors.joining(", "));
        database.execute(COPY.formatted(table, String.join(", ", columns), values, pattern, numbers));
    }
}
