package io.quotaguard.jdbc;

import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.HeldUnits.HeldLine;
import io.quotaguard.model.ReservationState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The rows of {@code reservation} and its lines as they are read (R34). Thread-safe. */
final class ReservationTable {
    private final String find;

    ReservationTable(Database database) {
        // R35: what has expired has, whether or not anybody wrote it down.
        find = database.sql("""
                WITH clock AS MATERIALIZED (SELECT ${quota_schema}.quota_now() AS now)
                SELECT r.id, r.key, r.units, r.expires_at,
                       CASE WHEN r.state = 'HELD' AND r.expires_at <= clock.now THEN 'EXPIRED' ELSE r.state END AS state,
                       l.subject, l.feature, l.window_start, l.window_end,
                       l.origin_subject, l.origin_feature, l.origin_rate
                  FROM clock
                 CROSS JOIN ${quota_schema}.reservation r
                  JOIN ${quota_schema}.reservation_line l ON l.reservation = r.id
                 WHERE r.id = :id
                 ORDER BY l.origin_subject IS NOT NULL, l.position
                """);
    }

    /** A reservation with one of its lines. */
    private record Row(HeldUnits reservation, HeldLine line) {}

    Optional<HeldUnits> find(Handle handle, UUID id) {
        List<Row> rows = handle.createQuery(find)
                .bind("id", id)
                .map((row, context) -> row(row))
                .list();
        return rows.stream().findFirst().map(Row::reservation).map(held -> {
            List<HeldLine> lines = rows.stream().map(Row::line).toList();
            return new HeldUnits(held.id(), held.key(), held.units(), held.expiresAt(), held.state(), lines);
        });
    }

    private static Row row(ResultSet row) throws SQLException {
        HeldLine line = new HeldLine(
                row.getString("subject"),
                row.getString("feature"),
                Times.window(row, "window_start", "window_end"),
                RecordTable.origin(row));
        HeldUnits reservation = new HeldUnits(
                row.getObject("id", UUID.class),
                row.getString("key"),
                row.getLong("units"),
                Times.instant(row, "expires_at"),
                ReservationState.valueOf(row.getString("state")),
                List.of(line));
        return new Row(reservation, line);
    }
}
