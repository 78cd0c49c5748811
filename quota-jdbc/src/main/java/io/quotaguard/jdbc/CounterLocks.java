package io.quotaguard.jdbc;

import io.quotaguard.spi.Line;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The locks of counters, taken before anything is written that uses lock behind their counters. Thread-safe.
 *
 * <p>A first use may be under way that nobody sees yet. So a missing counter is created, which waits for whoever creates it
 * too, and is removed again at the end.
 */
final class CounterLocks {
    private final String create;
    private final String lock;
    private final String remove;

    CounterLocks(Database database) {
        // In the one order in which counters are locked, whatever order the lines come in.
        String wanted = """
                SELECT * FROM unnest(:subjects::text[], :features::text[], :starts::timestamptz[], :ends::timestamptz[])
                           AS k (subject, feature, starts, ends)
                 ORDER BY k.subject COLLATE "C", k.feature COLLATE "C", k.starts, k.ends
                """;
        create = database.sql("INSERT INTO ${quota_schema}.usage_counter (subject, feature, window_start, window_end) "
                + wanted + "ON CONFLICT DO NOTHING RETURNING id");
        lock = database.sql("SELECT u.id FROM (" + wanted + """
                ) w CROSS JOIN LATERAL (
                    SELECT t.id FROM ${quota_schema}.usage_counter t
                     WHERE t.subject = w.subject AND t.feature = w.feature
                       AND t.window_start = w.starts AND t.window_end = w.ends
                       FOR UPDATE) u
                """);
        remove = database.sql("DELETE FROM ${quota_schema}.usage_counter WHERE id = ANY (:created)");
    }

    /** Locks the counters of the lines until the transaction ends; returns the numbers of those that it created. */
    List<Long> lock(Handle handle, List<Line> lines) {
        if (lines.isEmpty()) {
            return List.of();
        }
        Map<String, String[]> names = Map.of(
                "subjects", texts(lines, Line::subject),
                "features", texts(lines, Line::feature),
                "starts", texts(lines, line -> Times.text(line.terms().window().start())),
                "ends", texts(lines, line -> Times.endText(line.terms().window().end())));
        List<Long> created =
                handle.createQuery(create).bindMap(names).mapTo(Long.class).list();
        handle.createQuery(lock).bindMap(names).mapTo(Long.class).list();
        return created;
    }

    /** Removes counters that {@link #lock} created. */
    void remove(Handle handle, List<Long> created) {
        if (!created.isEmpty()) {
            handle.createUpdate(remove)
                    .bindArray("created", Long.class, created)
                    .execute();
        }
    }

    private static String[] texts(List<Line> lines, Function<Line, String> text) {
        return lines.stream().map(text).toArray(String[]::new);
    }
}
