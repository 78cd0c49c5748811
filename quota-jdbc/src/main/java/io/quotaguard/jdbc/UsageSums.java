package io.quotaguard.jdbc;

import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the rows of the ledger add up to. Thread-safe. */
final class UsageSums {
    private static final String UNITS = nearest("amount");
    private static final String OVERAGE = nearest("overage");

    private final String sums;
    private final String top;
    private final String pace;
    private final String shares;

    UsageSums(Database database) {
        // Spans are cut by Java, whose time zones are the ones that count; the database only sorts rows into them.
        // Instants come as text, and are read in a SELECT of their own: anywhere else they would be read for each row.
        sums = database.sql("""
                SELECT feature, width_bucket(recorded_at, (SELECT :bounds::timestamptz[])) - 1 AS span,
                       %s AS units, count(*) FILTER (WHERE operation IN ('RECORD', 'COMMIT')) AS uses,
                       %s AS overage
                  FROM ${quota_schema}.usage_record
                 WHERE subject = :subject AND amount <> 0 AND (:feature::text IS NULL OR feature = :feature)
                   AND recorded_at >= (SELECT :from::timestamptz) AND recorded_at < (SELECT :to::timestamptz)
                 GROUP BY 1, 2
                 ORDER BY 1, 2
                """.formatted(UNITS, OVERAGE));
        // The span of time is compared by itself, so that the pages outside it are passed over by their BRIN index.
        top = database.sql("""
                SELECT subject, %s AS units,
                       count(*) FILTER (WHERE operation IN ('RECORD', 'COMMIT')) AS uses
                  FROM ${quota_schema}.usage_record
                 WHERE recorded_at >= (SELECT :from::timestamptz) AND recorded_at < (SELECT :to::timestamptz)
                   AND feature = :feature AND origin_subject IS NULL AND amount <> 0
                 GROUP BY subject
                HAVING sum(amount) <> 0 OR bool_or(operation IN ('RECORD', 'COMMIT'))
                 ORDER BY units DESC, subject
                 LIMIT :max
                """.formatted(UNITS));
        pace = database.sql("""
                SELECT coalesce(sum(amount), 0)::bigint AS units, min(recorded_at) AS since,
                       ${quota_schema}.quota_now() AS as_of
                  FROM ${quota_schema}.usage_record
                 WHERE subject = :subject AND feature = :feature AND amount <> 0
                   AND window_start = (SELECT :start::timestamptz) AND window_end = (SELECT :end::timestamptz)
                """);
        shares = database.sql("""
                SELECT coalesce(origin_subject, subject) AS member, %s AS units
                  FROM ${quota_schema}.usage_record
                 WHERE subject = :pool AND feature = :feature AND amount <> 0 AND operation <> 'RESET'
                   AND window_start = (SELECT :start::timestamptz) AND window_end = (SELECT :end::timestamptz)
                 GROUP BY 1
                HAVING sum(amount) <> 0
                 ORDER BY units DESC, member
                 LIMIT :max
                """.formatted(UNITS));
    }

    /** Returns the sum of a column, of one row at least: what 64 bits do not hold is told as the nearest number that they do. */
    private static String nearest(String column) {
        return "least(greatest(sum(" + column + "), " + Long.MIN_VALUE + "), " + Long.MAX_VALUE + ")::bigint";
    }

    /** Sums up the spans between {@code bounds}, of which there are at least two. */
    List<UsageSum> sums(Handle handle, String subject, @Nullable String feature, List<Instant> bounds) {
        String[] texts = bounds.stream().map(Times::boundText).toArray(String[]::new);
        return handle.createQuery(sums)
                .bind("subject", subject)
                .bind("feature", feature)
                .bindArray("bounds", String.class, (Object[]) texts)
                .bind("from", texts[0])
                .bind("to", texts[texts.length - 1])
                .map((row, context) -> new UsageSum(
                        row.getString("feature"),
                        row.getInt("span"),
                        row.getLong("units"),
                        row.getLong("uses"),
                        row.getLong("overage")))
                .list();
    }

    List<TopUser> top(Handle handle, String feature, Instant from, Instant to, int max) {
        return handle.createQuery(top)
                .bind("feature", feature)
                .bind("from", Times.boundText(from))
                .bind("to", Times.boundText(to))
                .bind("max", max)
                .map((row, context) -> new TopUser(row.getString("subject"), row.getLong("units"), row.getLong("uses")))
                .list();
    }

    Pace pace(Handle handle, String subject, String feature, Window window) {
        return handle.createQuery(pace)
                .bind("subject", subject)
                .bind("feature", feature)
                .bind("start", Times.text(window.start()))
                .bind("end", Times.endText(window.end()))
                .map((row, context) ->
                        new Pace(row.getLong("units"), Times.end(row, "since"), Times.instant(row, "as_of")))
                .one();
    }

    List<PoolShare> shares(Handle handle, String pool, String feature, Window window, int max) {
        return handle.createQuery(shares)
                .bind("pool", pool)
                .bind("feature", feature)
                .bind("start", Times.text(window.start()))
                .bind("end", Times.endText(window.end()))
                .bind("max", max)
                .map((row, context) -> new PoolShare(row.getString("member"), row.getLong("units")))
                .list();
    }
}
