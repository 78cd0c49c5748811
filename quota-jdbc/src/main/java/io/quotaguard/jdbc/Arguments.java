package io.quotaguard.jdbc;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Thresholds;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Binds the arguments of one statement one after the other; what stands in a column goes as an array. Used by one thread. */
final class Arguments {
    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    Arguments(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    /** Returns how many were bound. */
    int count() {
        return index;
    }

    void number(int number) throws SQLException {
        statement.setInt(++index, number);
    }

    void number(long number) throws SQLException {
        statement.setLong(++index, number);
    }

    void number(@Nullable Long number) throws SQLException {
        statement.setObject(++index, number, java.sql.Types.BIGINT);
    }

    void text(@Nullable String text) throws SQLException {
        statement.setString(++index, text);
    }

    /** Binds the text of an instant; of which type it is, the server sees from what it stands for. */
    void instant(String text) throws SQLException {
        statement.setObject(++index, text, java.sql.Types.OTHER);
    }

    void uuid(@Nullable UUID uuid) throws SQLException {
        statement.setObject(++index, uuid);
    }

    <T> void texts(List<T> items, Function<T, @Nullable String> text) throws SQLException {
        array("text", items.stream().map(text).toArray(String[]::new));
    }

    <T> void instants(List<T> items, Function<T, String> text) throws SQLException {
        array("timestamptz", items.stream().map(text).toArray(String[]::new));
    }

    <T> void uuids(List<T> items, Function<T, @Nullable UUID> uuid) throws SQLException {
        array("uuid", items.stream().map(uuid).toArray(UUID[]::new));
    }

    <T> void flags(List<T> items, Predicate<T> flag) throws SQLException {
        array("bool", items.stream().map(flag::test).toArray(Boolean[]::new));
    }

    <T> void longs(List<T> items, ToLongFunction<T> number) throws SQLException {
        array("int8", items.stream().mapToLong(number).toArray());
    }

    <T> void ints(List<T> items, ToIntFunction<T> number) throws SQLException {
        array("int4", items.stream().mapToInt(number).toArray());
    }

    <T> void shorts(List<T> items, Function<T, Short> number) throws SQLException {
        array("int2", items.stream().map(number).toArray(Short[]::new));
    }

    /** Binds a null in the place of arrays that no line has anything for. */
    void nothing(int arrays) throws SQLException {
        for (int i = 0; i < arrays; i++) {
            statement.setArray(++index, null);
        }
    }

    /** Binds what every line brings: its terms, what these depend on, and on whose behalf it is charged. */
    void terms(List<Line> lines) throws SQLException {
        longs(lines, line -> line.terms().limit().units());
        longs(lines, line -> line.terms().ceiling().units());
        texts(lines, line -> thresholds(line.terms().thresholds()));
        texts(lines, line -> line.terms().source().kind().name());
        texts(lines, line -> line.terms().source().plan());
        longs(lines, line -> line.terms().source().planVersion());
        instants(lines, line -> Times.text(line.terms().window().start()));
        instants(lines, line -> Times.endText(line.terms().window().end()));
        instants(lines, line -> Times.beginningText(line.terms().validFrom()));
        instants(lines, line -> Times.endText(line.terms().validUntil()));
        longs(lines, line -> version(line.terms()).subject());
        texts(lines, line -> version(line.terms()).planCode());
        longs(lines, line -> version(line.terms()).plan());
        longs(lines, line -> version(line.terms()).defaultPlan());
        if (lines.stream().allMatch(line -> line.origin() == null)) {
            nothing(3);
            return;
        }
        texts(lines, line -> of(line.origin(), Origin::subject));
        texts(lines, line -> of(line.origin(), Origin::feature));
        array(
                "int8",
                lines.stream().map(line -> of(line.origin(), Origin::rate)).toArray(Long[]::new));
    }

    private static <T> @Nullable T of(@Nullable Origin origin, Function<Origin, T> part) {
        return origin == null ? null : part.apply(origin);
    }

    private static CatalogVersion version(Terms terms) {
        return terms.version();
    }

    static String thresholds(Thresholds thresholds) {
        return thresholds.percents().stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    void array(String type, Object elements) throws SQLException {
        statement.setArray(++index, arrayOf(type, elements));
    }

    private java.sql.Array arrayOf(String type, Object elements) throws SQLException {
        // The driver takes primitive arrays, which JDBC's own signature does not.
        return elements instanceof Object[] objects
                ? connection.createArrayOf(type, objects)
                : connection.unwrap(org.postgresql.PGConnection.class).createArrayOf(type, elements);
    }
}
