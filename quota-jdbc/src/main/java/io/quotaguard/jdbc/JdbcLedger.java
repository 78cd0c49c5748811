package io.quotaguard.jdbc;

import io.quotaguard.model.Change;
import io.quotaguard.model.DailyUsage;
import io.quotaguard.model.Drift;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Reads of the ledger, and its comparison with the counters (R42). Thread-safe. */
final class JdbcLedger implements LedgerStore {
    /** The most days of one statistic: a hundred years. */
    private static final long MAX_DAYS = 36_525;

    private final Database database;
    private final CounterRepair repair;
    private final String records;
    private final String daily;
    private final String verify;

    JdbcLedger(Database database) {
        this.database = database;
        this.repair = new CounterRepair(database);
        this.verify = database.file("verify.sql");
        // A reset of nothing leaves a row without units, for its key alone: it is no use and no correction.
        this.records = database.sql("""
                SELECT * FROM ${quota_schema}.usage_record
                 WHERE subject = :subject AND amount <> 0
                   AND (:feature::text IS NULL OR feature = :feature)
                   AND (:from::timestamptz IS NULL OR recorded_at >= :from::timestamptz)
                   AND (:to::timestamptz IS NULL OR recorded_at < :to::timestamptz)
                   AND (:before::bigint IS NULL OR id < :before)
                 ORDER BY id DESC
                 LIMIT :pageSize
                """);
        // The days are cut by Java, whose time zones are the ones that count; the database only sorts rows into them.
        this.daily = database.sql("""
                SELECT feature, day, sum(amount)::bigint AS units, count(*) FILTER (WHERE operation = 'RECORD') AS uses
                  FROM (SELECT feature, amount, operation, width_bucket(recorded_at, :starts::timestamptz[]) AS day
                          FROM ${quota_schema}.usage_record WHERE subject = :subject AND amount <> 0) r
                 WHERE day BETWEEN 1 AND :days
                 GROUP BY feature, day
                 ORDER BY feature, day
                """);
    }

    @Override
    public List<UsageRecord> records(UsageQuery query, Deadline deadline) {
        return database.read(
                "read the ledger",
                deadline,
                handle -> handle.createQuery(records)
                        .bind("subject", query.subject())
                        .bind("feature", query.feature())
                        .bind("from", Times.boundText(query.from()))
                        .bind("to", Times.boundText(query.to()))
                        .bind("before", query.before())
                        .bind("pageSize", query.pageSize())
                        .map((row, context) -> record(row))
                        .list());
    }

    private static UsageRecord record(ResultSet row) throws SQLException {
        return new UsageRecord(
                row.getLong("id"),
                row.getString("subject"),
                row.getString("feature"),
                Times.window(row, "window_start", "window_end"),
                UsageRecord.Operation.valueOf(row.getString("operation")),
                row.getLong("amount"),
                row.getLong("used_after"),
                Limit.of(row.getLong("limit_units")),
                row.getString("key"),
                row.getBoolean("degraded"),
                Json.texts(row.getString("metadata")),
                Times.instant(row, "recorded_at"));
    }

    @Override
    public List<DailyUsage> daily(String subject, LocalDate from, LocalDate to, ZoneId zone, Deadline deadline) {
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        if (days < 1) {
            return List.of();
        }
        if (days > MAX_DAYS) {
            throw InvalidQuotaArgumentException.of("R45", "number of days", days, "is more than " + MAX_DAYS);
        }
        List<String> starts = new ArrayList<>();
        for (LocalDate day = from; !day.isAfter(to.plusDays(1)); day = day.plusDays(1)) {
            starts.add(Times.text(day.atStartOfDay(zone).toInstant()));
        }
        return database.read(
                "sum up the ledger",
                deadline,
                handle -> handle.createQuery(daily)
                        .bind("subject", subject)
                        .bind("starts", "{" + String.join(",", starts) + "}")
                        .bind("days", days)
                        .map((row, context) -> new DailyUsage(
                                row.getString("feature"),
                                from.plusDays(row.getInt("day") - 1L),
                                row.getLong("units"),
                                row.getLong("uses")))
                        .list());
    }

    @Override
    public List<Drift> verify(Deadline deadline) {
        return database.read(
                "verify the counters",
                deadline,
                handle -> handle.createQuery(verify)
                        .map((row, context) -> new Drift(
                                row.getString("subject"),
                                row.getString("feature"),
                                Times.window(row, "window_start", "window_end"),
                                row.getLong("counted"),
                                row.getLong("ledger")))
                        .list());
    }

    @Override
    public List<Drift> repair(Change change, Deadline deadline) {
        List<Drift> mended = new ArrayList<>();
        for (Drift suspect : verify(deadline)) {
            repair.mend(suspect, change, deadline).ifPresent(mended::add);
        }
        return List.copyOf(mended);
    }
}
