package io.quotaguard.jdbc;

import io.quotaguard.model.Alert;
import io.quotaguard.spi.Line;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Re-arms and fires alerts under changed terms, within the change's own transaction (R29, R30). Thread-safe. */
final class Realigner {
    private static final Comparator<Line> LOCK_ORDER =
            Comparator.comparing(Line::subject, CodePoints.ORDER).thenComparing(Line::feature, CodePoints.ORDER);

    private final String sql;

    Realigner(Database database) {
        sql = database.sql("SELECT * FROM ${quota_schema}.quota_realign(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }

    /**
     * What a realignment came to.
     *
     * @param alerts what fired
     * @param staleAt the store's time when it is outside one of the lines' windows, and the change must be undone; or null
     */
    record Realigned(List<Alert> alerts, @Nullable Instant staleAt) {}

    Realigned realign(Handle handle, List<Line> unsorted) throws SQLException {
        if (unsorted.isEmpty()) {
            return new Realigned(List.of(), null);
        }
        List<Line> lines = new ArrayList<>(unsorted);
        lines.sort(LOCK_ORDER);
        Connection connection = handle.getConnection();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Arguments arguments = new Arguments(connection, statement);
            arguments.texts(lines, Line::subject);
            arguments.texts(lines, Line::feature);
            arguments.instants(lines, line -> Times.text(line.terms().window().start()));
            arguments.instants(
                    lines, line -> Times.endText(line.terms().window().end()));
            arguments.instants(lines, line -> Times.beginningText(line.terms().validFrom()));
            arguments.instants(lines, line -> Times.endText(line.terms().validUntil()));
            arguments.longs(lines, line -> line.terms().limit().units());
            arguments.texts(lines, line -> Arguments.thresholds(line.terms().thresholds()));
            arguments.flags(lines, line -> line.terms().granted());
            try (ResultSet rows = statement.executeQuery()) {
                return realigned(rows, lines);
            }
        }
    }

    private static Realigned realigned(ResultSet rows, List<Line> lines) throws SQLException {
        List<Alert> alerts = new ArrayList<>();
        while (rows.next()) {
            if (rows.getString("o_outcome").equals("STALE_CLOCK")) {
                return new Realigned(List.of(), Times.instant(rows, "o_now"));
            }
            Line line = lines.get(rows.getInt("o_line") - 1);
            alerts.add(AnswerRow.alert(rows, line, Times.instant(rows, "o_now")));
        }
        return new Realigned(alerts, null);
    }
}
