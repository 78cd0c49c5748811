package io.quotaguard.jdbc;

import io.quotaguard.model.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Instants and windows as PostgreSQL keeps them: whole microseconds, and {@code infinity} for what never ends. */
final class Times {
    static final String INFINITY = "infinity";

    private static final DateTimeFormatter BEFORE_CHRIST =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z BC'", Locale.ROOT);

    private Times() {}

    /** Returns the text of an instant as {@code timestamptz}; the years 0 and 10000, where windows may reach, included. */
    static String text(Instant instant) {
        LocalDateTime utc = LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
        if (utc.getYear() < 1) {
            return BEFORE_CHRIST.format(utc);
        }
        // Not by a formatter, which takes ten times as long: a page of posts has an instant for each use.
        String text = utc + "Z";
        // Java writes a plus before a year of five digits, which PostgreSQL takes for a time zone.
        return text.startsWith("+") ? text.substring(1) : text;
    }

    /** Returns the text of a beginning; minus {@link #INFINITY} when there is none. */
    static String beginningText(@Nullable Instant beginning) {
        return beginning == null ? "-" + INFINITY : text(beginning);
    }

    /** Returns the text of an end; {@link #INFINITY} when there is none. */
    static String endText(@Nullable Instant end) {
        return end == null ? INFINITY : text(end);
    }

    static @Nullable String optionalText(@Nullable Instant instant) {
        return instant == null ? null : text(instant);
    }

    /**
     * Returns the text of a bound to compare rows with, null when there is none. One that is finer than a microsecond lies
     * after every row of its microsecond.
     */
    static @Nullable String boundText(@Nullable Instant bound) {
        if (bound == null) {
            return null;
        }
        Instant cut = bound.truncatedTo(ChronoUnit.MICROS);
        return text(cut.equals(bound) ? cut : cut.plus(1, ChronoUnit.MICROS));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** Returns an end, null when it is {@link #INFINITY} or when the column is. */
    static @Nullable Instant end(ResultSet row, String column) throws SQLException {
        OffsetDateTime end = row.getObject(column, OffsetDateTime.class);
        return end == null || end.equals(OffsetDateTime.MAX) ? null : end.toInstant();
    }

    static Window window(ResultSet row, String start, String end) throws SQLException {
        return new Window(instant(row, start), end(row, end));
    }
}
