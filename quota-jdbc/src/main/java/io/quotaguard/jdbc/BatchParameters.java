package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of the function {@code quota_execute}, in its order. Used by one thread. */
final class BatchParameters {
    /** How many arguments the function takes. */
    static final int COUNT = 33;

    /** Every percent of a limit below it is reached, so a counter that has not got this far fires nothing. */
    private static final long NO_ALARM = Long.MAX_VALUE;

    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    private BatchParameters(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    static void bind(Connection connection, PreparedStatement statement, BatchLayout batch, int lockTimeoutMillis)
            throws SQLException {
        BatchParameters parameters = new BatchParameters(connection, statement);
        statement.setInt(++parameters.index, lockTimeoutMillis);
        parameters.bindCounters(batch);
        parameters.bindRequests(batch);
        parameters.bindTerms(batch.entries());
        parameters.bindVersions(batch.entries());
        if (parameters.index != COUNT) {
            throw new IllegalStateException("bound " + parameters.index + " arguments of " + COUNT);
        }
    }

    private void bindCounters(BatchLayout batch) throws SQLException {
        List<CounterKey> counters = batch.counters();
        texts("text", counters, CounterKey::subject);
        texts("text", counters, CounterKey::feature);
        texts("timestamptz", counters, counter -> Times.text(counter.start()));
        texts("timestamptz", counters, counter -> Times.endText(counter.end()));
        Short[] access = counters.stream().map(batch::access).toArray(Short[]::new);
        array("int2", access);
    }

    private void bindRequests(BatchLayout batch) throws SQLException {
        List<Entry> entries = batch.entries();
        ints(entries, Entry::linesLeft);
        ints(entries, entry -> batch.place(entry.line()));
        ints(entries, Entry::twin);
        texts("text", entries, entry -> entry.command().operation().name());
        texts("text", entries, entry -> entry.command().key());
        array("uuid", entries.stream().map(BatchParameters::identity).toArray(UUID[]::new));
        longs(entries, entry -> entry.command().fingerprint().value());
        texts("text", entries, entry -> metadata(entry.command()));
        texts("text", entries, entry -> entry.line().subject());
        texts("text", entries, entry -> entry.line().feature());
        longs(entries, entry -> entry.line().amount());
    }

    private void bindTerms(List<Entry> entries) throws SQLException {
        array(
                "bool",
                entries.stream()
                        .map(entry -> terms(entry).standing() == Standing.GRANTED)
                        .toArray(Boolean[]::new));
        longs(entries, entry -> terms(entry).limit().units());
        longs(entries, entry -> terms(entry).ceiling().units());
        longs(entries, entry -> alarm(terms(entry).limit(), terms(entry).thresholds()));
        texts("text", entries, entry -> thresholds(terms(entry).thresholds()));
        texts("text", entries, entry -> terms(entry).source().kind().name());
        texts("text", entries, entry -> terms(entry).source().plan());
        longs(entries, entry -> terms(entry).source().planVersion());
        texts("timestamptz", entries, entry -> Times.text(terms(entry).window().start()));
        texts(
                "timestamptz",
                entries,
                entry -> Times.endText(terms(entry).window().end()));
        texts("timestamptz", entries, entry -> Times.beginningText(terms(entry).validFrom()));
        texts("timestamptz", entries, entry -> Times.endText(terms(entry).validUntil()));
    }

    private void bindVersions(List<Entry> entries) throws SQLException {
        longs(entries, entry -> version(entry).subject());
        texts("text", entries, entry -> version(entry).planCode());
        longs(entries, entry -> version(entry).plan());
        longs(entries, entry -> version(entry).defaultPlan());
    }

    private static Terms terms(Entry entry) {
        return entry.line().terms();
    }

    private static CatalogVersion version(Entry entry) {
        return entry.line().terms().version();
    }

    /** A check neither looks up its key nor leaves it behind. */
    private static @Nullable UUID identity(Entry entry) {
        Command command = entry.command();
        Line line = entry.line();
        return command.operation() == Operation.CHECK
                ? null
                : KeyIdentity.of(line.subject(), line.feature(), command.key());
    }

    private static @Nullable String metadata(Command command) {
        return command.metadata().isEmpty() ? null : Json.write(command.metadata());
    }

    /** The usage from which on an alert may have to fire (R26). */
    static long alarm(Limit limit, Thresholds thresholds) {
        if (limit.units() < 1 || thresholds.percents().isEmpty()) {
            return NO_ALARM;
        }
        return (thresholds.percents().get(0) * limit.units() + 99) / 100;
    }

    static String thresholds(Thresholds thresholds) {
        return thresholds.percents().stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    private <T> void texts(String type, List<T> items, Function<T, @Nullable String> text) throws SQLException {
        array(type, items.stream().map(text).toArray(String[]::new));
    }

    private <T> void longs(List<T> items, ToLongFunction<T> number) throws SQLException {
        array("int8", items.stream().mapToLong(number).toArray());
    }

    private <T> void ints(List<T> items, ToIntFunction<T> number) throws SQLException {
        array("int4", items.stream().mapToInt(number).toArray());
    }

    private void array(String type, Object elements) throws SQLException {
        statement.setArray(++index, arrayOf(type, elements));
    }

    private java.sql.Array arrayOf(String type, Object elements) throws SQLException {
        // The driver takes primitive arrays, which JDBC's own signature does not.
        return elements instanceof Object[] objects
                ? connection.createArrayOf(type, objects)
                : connection.unwrap(org.postgresql.PGConnection.class).createArrayOf(type, elements);
    }
}
