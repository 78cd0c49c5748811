package io.quotaguard.jdbc;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertLevel;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.model.Limit;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Deadline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The alert outbox: claimed by status, never by position, so that no late commit is overlooked (E1). Thread-safe. */
final class JdbcAlerts implements AlertStore {
    private final Database database;
    private final String claim;
    private final String markSent;
    private final String putOff;
    private final String list;
    private final String statistics;

    JdbcAlerts(Database database) {
        this.database = database;
        this.claim = database.file("claim_alerts.sql");
        this.markSent = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET sent_at = ${quota_schema}.quota_now(), claimed_by = NULL, claimed_until = NULL
                 WHERE id = ANY (:ids) AND sent_at IS NULL
                """);
        this.putOff = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET claimed_by = NULL, claimed_until = NULL,
                       due_at = ${quota_schema}.quota_now() + :micros * interval '1 microsecond'
                 WHERE id = ANY (:ids) AND sent_at IS NULL
                """);
        this.list = database.sql("""
                SELECT * FROM ${quota_schema}.quota_alert
                 WHERE (:subject::text IS NULL OR subject = :subject)
                   AND (NOT :unsentOnly OR sent_at IS NULL)
                   AND id > :afterId
                 ORDER BY id
                 LIMIT :limit
                """);
        this.statistics = database.sql("""
                SELECT count(*) FILTER (WHERE threshold < 90) AS warning,
                       count(*) FILTER (WHERE threshold >= 90 AND threshold < 100) AS critical,
                       count(*) FILTER (WHERE threshold >= 100) AS exhausted,
                       count(*) FILTER (WHERE sent_at IS NULL) AS unsent
                  FROM ${quota_schema}.quota_alert
                 WHERE :subject::text IS NULL OR subject = :subject
                """);
    }

    @Override
    public List<Claimed> claim(String dispatcher, int max, Duration lease, Deadline deadline) {
        return database.read(
                "claim alerts",
                deadline,
                handle -> handle.createQuery(claim)
                        .bind("dispatcher", dispatcher)
                        .bind("max", max)
                        .bind("leaseMicros", micros(lease))
                        .map((row, context) -> new Claimed(alert(row), row.getInt("attempts_before")))
                        .list());
    }

    @Override
    public int markSent(Collection<Long> ids, Deadline deadline) {
        return ids.isEmpty()
                ? 0
                : database.read(
                        "mark alerts as sent",
                        deadline,
                        handle -> handle.createUpdate(markSent)
                                .bindArray("ids", Long.class, List.copyOf(ids))
                                .execute());
    }

    @Override
    public void putOff(Collection<Long> ids, Duration delay, Deadline deadline) {
        if (ids.isEmpty()) {
            return;
        }
        database.read(
                "put alerts off",
                deadline,
                handle -> handle.createUpdate(putOff)
                        .bindArray("ids", Long.class, List.copyOf(ids))
                        .bind("micros", micros(delay))
                        .execute());
    }

    @Override
    public List<Alert> list(Optional<String> subject, boolean unsentOnly, long afterId, int limit, Deadline deadline) {
        return database.read(
                "list alerts",
                deadline,
                handle -> handle.createQuery(list)
                        .bind("subject", subject.orElse(null))
                        .bind("unsentOnly", unsentOnly)
                        .bind("afterId", afterId)
                        .bind("limit", limit)
                        .map((row, context) -> alert(row))
                        .list());
    }

    @Override
    public AlertStatistics statistics(Optional<String> subject, Deadline deadline) {
        return database.read(
                "count alerts",
                deadline,
                handle -> handle.createQuery(statistics)
                        .bind("subject", subject.orElse(null))
                        .map((row, context) -> new AlertStatistics(
                                Map.of(
                                        AlertLevel.WARNING, row.getLong("warning"),
                                        AlertLevel.CRITICAL, row.getLong("critical"),
                                        AlertLevel.EXHAUSTED, row.getLong("exhausted")),
                                row.getLong("unsent")))
                        .one());
    }

    /** Rounded up, so that a lease of less than a microsecond is still one. */
    private static long micros(Duration duration) {
        return duration.plusNanos(999).truncatedTo(ChronoUnit.MICROS).toNanos() / 1000;
    }

    private static Alert alert(ResultSet row) throws SQLException {
        return new Alert(
                row.getLong("id"),
                row.getString("subject"),
                row.getString("feature"),
                Times.window(row, "window_start", "window_end"),
                row.getInt("threshold"),
                row.getLong("generation"),
                row.getLong("used"),
                Limit.of(row.getLong("limit_units")),
                Times.instant(row, "fired_at"),
                row.getString("sent_at") != null);
    }
}
