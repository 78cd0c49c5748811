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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;

/** The alert outbox: claimed by status, never by position, so that no late commit is overlooked (E1). Thread-safe. */
final class JdbcAlerts implements AlertStore {
    private static final Map<Which, String> CONDITIONS = Map.of(
            Which.ALL, "",
            Which.UNSENT, " AND sent_at IS NULL",
            Which.UNREAD, " AND read_at IS NULL",
            Which.PARKED, " AND sent_at IS NULL AND parked_at IS NOT NULL");

    private final Database database;
    private final MaintenanceDatabase maintenance;
    private final String claim;
    private final String markSent;
    private final String putOff;
    private final String markRead;
    private final String fail;
    private final String retry;
    private final String purge;
    private final String statistics;

    JdbcAlerts(Database database, MaintenanceDatabase maintenance) {
        this.database = database;
        this.maintenance = maintenance;
        this.claim = database.file("claim_alerts.sql");
        this.markSent = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET sent_at = ${quota_schema}.quota_now(), claimed_by = NULL, claimed_until = NULL, parked_at = NULL
                 WHERE id = ANY (:ids) AND sent_at IS NULL
                """);
        this.markRead = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET read_at = ${quota_schema}.quota_now()
                 WHERE id = ANY (:ids) AND read_at IS NULL
                """);
        this.putOff = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET claimed_by = NULL, claimed_until = NULL,
                       due_at = ${quota_schema}.quota_now() + :micros * interval '1 microsecond'
                 WHERE id = ANY (:ids) AND sent_at IS NULL AND parked_at IS NULL
                """);
        this.fail = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET claimed_by = NULL, claimed_until = NULL, failures = failures + 1,
                       due_at = ${quota_schema}.quota_now() + :micros * interval '1 microsecond',
                       parked_at = CASE WHEN failures + 1 >= :most THEN ${quota_schema}.quota_now() END
                 WHERE id = :id AND sent_at IS NULL AND parked_at IS NULL
                RETURNING parked_at IS NOT NULL
                """);
        this.retry = database.sql("""
                UPDATE ${quota_schema}.quota_alert
                   SET parked_at = NULL, failures = 0, due_at = ${quota_schema}.quota_now()
                 WHERE id = ANY (:ids) AND sent_at IS NULL AND parked_at IS NOT NULL
                """);
        this.purge = maintenance.sql("""
                DELETE FROM ${quota_schema}.quota_alert
                 WHERE id IN (SELECT a.id FROM ${quota_schema}.quota_alert a
                               WHERE a.sent_at IS NOT NULL AND a.fired_at < :before::timestamptz
                               ORDER BY a.fired_at
                               LIMIT :most
                                 FOR UPDATE SKIP LOCKED)
                """);
        this.statistics = database.sql("""
                SELECT count(*) FILTER (WHERE threshold < 90) AS warning,
                       count(*) FILTER (WHERE threshold >= 90 AND threshold < 100) AS critical,
                       count(*) FILTER (WHERE threshold >= 100) AS exhausted,
                       count(*) FILTER (WHERE sent_at IS NULL) AS unsent,
                       count(*) FILTER (WHERE read_at IS NULL) AS unread,
                       count(*) FILTER (WHERE sent_at IS NULL AND parked_at IS NOT NULL) AS parked
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
        return update("mark alerts as sent", markSent, ids, deadline);
    }

    @Override
    public int markRead(Collection<Long> ids, Deadline deadline) {
        return update("mark alerts as read", markRead, ids, deadline);
    }

    @Override
    public int retry(Collection<Long> ids, Deadline deadline) {
        return update("have alerts delivered again", retry, ids, deadline);
    }

    private int update(String what, String sql, Collection<Long> ids, Deadline deadline) {
        return ids.isEmpty()
                ? 0
                : database.read(
                        what,
                        deadline,
                        handle -> handle.createUpdate(sql)
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
    public boolean fail(long id, Duration delay, int most, Deadline deadline) {
        return database.read(
                "give a failed alert back",
                deadline,
                handle -> handle.createQuery(fail)
                        .bind("id", id)
                        .bind("micros", micros(delay))
                        .bind("most", most)
                        .mapTo(Boolean.class)
                        .findOne()
                        .orElse(false));
    }

    @Override
    public int purge(Instant before, int most, Deadline deadline) {
        return maintenance.step(
                "purge alerts",
                deadline,
                handle -> handle.createUpdate(purge)
                        .bind("before", Times.boundText(before))
                        .bind("most", most)
                        .execute());
    }

    /** Each list has a statement of its own, so that each is planned for its own index. */
    @Override
    public List<Alert> list(Optional<String> subject, Which which, long afterId, int limit, Deadline deadline) {
        String sql = database.sql("SELECT * FROM ${quota_schema}.quota_alert WHERE id > :afterId"
                + (subject.isPresent() ? " AND subject = :subject" : "")
                + CONDITIONS.get(which)
                + " ORDER BY id LIMIT :limit");
        return database.read("list alerts", deadline, handle -> {
            Query query = handle.createQuery(sql).bind("afterId", afterId).bind("limit", limit);
            subject.ifPresent(name -> query.bind("subject", name));
            return query.map((row, context) -> alert(row)).list();
        });
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
                                row.getLong("unsent"),
                                row.getLong("unread"),
                                row.getLong("parked")))
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
                row.getString("sent_at") != null,
                row.getString("read_at") != null,
                row.getString("sent_at") == null && row.getString("parked_at") != null);
    }
}
