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
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Re-arms and fires alerts under changed terms, within the change's own transaction (R29, R30). Thread-safe. */
final class Realigner {
    private static final Comparator<Line> LOCK_ORDER =
            Comparator.comparing(Line::subject, CodePoints.ORDER).thenComparing(Line::feature, CodePoints.ORDER);

    private final String sql;

    Realigner(Database database) {
        sql = database.sql("SELECT * FROM ${quota_schema}.quota_realign(?, ?, ?, ?, ?, ?, ?, ?)");
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
            statement.setArray(1, texts(connection, "text", lines, Line::subject));
            statement.setArray(2, texts(connection, "text", lines, Line::feature));
            statement.setArray(
                    3,
                    texts(
                            connection,
                            "timestamptz",
                            lines,
                            line -> Times.text(line.terms().window().start())));
            statement.setArray(
                    4,
                    texts(
                            connection,
                            "timestamptz",
                            lines,
                            line -> Times.endText(line.terms().window().end())));
            statement.setArray(
                    5,
                    texts(
                            connection,
                            "timestamptz",
                            lines,
                            line -> Times.beginningText(line.terms().validFrom())));
            statement.setArray(
                    6,
                    texts(
                            connection,
                            "timestamptz",
                            lines,
                            line -> Times.endText(line.terms().validUntil())));
            Long[] limits =
                    lines.stream().map(line -> line.terms().limit().units()).toArray(Long[]::new);
            statement.setArray(7, connection.createArrayOf("int8", limits));
            statement.setArray(
                    8,
                    texts(
                            connection,
                            "text",
                            lines,
                            line -> BatchParameters.thresholds(line.terms().thresholds())));
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
            alerts.add(new Alert(
                    rows.getLong("o_alert"),
                    line.subject(),
                    line.feature(),
                    line.terms().window(),
                    rows.getInt("o_threshold"),
                    rows.getLong("o_generation"),
                    rows.getLong("o_used"),
                    line.terms().limit(),
                    Times.instant(rows, "o_now"),
                    false));
        }
        return new Realigned(alerts, null);
    }

    private static java.sql.Array texts(
            Connection connection, String type, List<Line> lines, Function<Line, String> text) throws SQLException {
        return connection.createArrayOf(type, lines.stream().map(text).toArray(String[]::new));
    }
}
