package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.Standing;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Target;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plain charges, for {@code quota_execute}: to be decided, or decided in front of this store. Used by one thread. */
final class ChargeRound implements Round {
    private final BatchLayout batch;
    /** When each command was decided in front of this store; empty when they are decided here. */
    private final List<Instant> decidedAt;

    ChargeRound(List<Command> commands) {
        this(commands, List.of());
    }

    private ChargeRound(List<Command> commands, List<Instant> decidedAt) {
        this.batch = new BatchLayout(commands);
        this.decidedAt = decidedAt;
    }

    /** Charges what was decided in front of this store: as posts, which are not verified again. */
    static ChargeRound posting(List<Decided> decided) {
        return new ChargeRound(posts(decided), decided.stream().map(Decided::at).toList());
    }

    /** Returns what was decided as posts. */
    static List<Command> posts(List<Decided> decided) {
        return decided.stream().map(Decided::command).map(ChargeRound::post).toList();
    }

    private static Command post(Command decided) {
        return new Command(Operation.POST, decided.key(), decided.lines(), decided.metadata());
    }

    @Override
    public List<Round> oneByOne() {
        if (decidedAt.isEmpty()) {
            return Round.super.oneByOne();
        }
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < decidedAt.size(); i++) {
            rounds.add(new ChargeRound(List.of(commands().get(i)), List.of(decidedAt.get(i))));
        }
        return rounds;
    }

    @Override
    public List<Command> commands() {
        return batch.commands();
    }

    @Override
    public SchemaFunction function() {
        return SchemaFunction.EXECUTE;
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, rows);
    }

    @Override
    public void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException {
        arguments.number(lockTimeoutMillis);
        bindCounters(arguments);
        bindRequests(arguments);
        bindHolds(arguments);
        List<Line> lines = batch.entries().stream().map(Entry::line).toList();
        arguments.flags(lines, line -> line.terms().standing() == Standing.GRANTED);
        arguments.longs(lines, line -> AlertLevels.first(line.terms()));
        arguments.terms(lines);
        bindInstants(arguments);
    }

    private void bindInstants(Arguments arguments) throws SQLException {
        if (decidedAt.isEmpty()) {
            arguments.nothing(1);
            return;
        }
        List<Instant> ofLines = new ArrayList<>();
        for (int i = 0; i < decidedAt.size(); i++) {
            ofLines.addAll(Collections.nCopies(commands().get(i).lines().size(), decidedAt.get(i)));
        }
        arguments.instants(ofLines, Times::text);
    }

    private void bindCounters(Arguments arguments) throws SQLException {
        List<CounterKey> counters = batch.counters();
        arguments.texts(counters, CounterKey::subject);
        arguments.texts(counters, CounterKey::feature);
        arguments.instants(counters, counter -> Times.text(counter.start()));
        arguments.instants(counters, counter -> Times.endText(counter.end()));
        arguments.shorts(counters, batch::access);
        if (batch.hasGrants()) {
            arguments.flags(counters, batch::isGranted);
        } else {
            arguments.nothing(1);
        }
    }

    private void bindRequests(Arguments arguments) throws SQLException {
        List<Entry> entries = batch.entries();
        arguments.ints(entries, Entry::linesLeft);
        arguments.ints(entries, entry -> batch.place(entry.line()));
        arguments.ints(entries, Entry::twin);
        arguments.texts(entries, entry -> entry.command().operation().name());
        arguments.texts(entries, entry -> entry.command().key());
        arguments.uuids(entries, Entry::identity);
        arguments.longs(entries, entry -> entry.command().fingerprint().value());
        arguments.texts(entries, entry -> metadata(entry.command()));
        arguments.texts(entries, entry -> entry.line().subject());
        arguments.texts(entries, entry -> entry.line().feature());
        arguments.longs(entries, entry -> entry.line().amount());
        if (batch.hasOrigins()) {
            arguments.texts(entries, Entry::chargedWith);
        } else {
            arguments.nothing(1);
        }
    }

    private void bindHolds(Arguments arguments) throws SQLException {
        List<Entry> entries = batch.entries();
        if (entries.stream().noneMatch(entry -> entry.command().operation() == Operation.HOLD)) {
            arguments.nothing(2);
            return;
        }
        arguments.uuids(entries, entry -> reservation(entry.command()));
        arguments.array(
                "int8",
                entries.stream().map(entry -> ttlMicros(entry.command())).toArray(Long[]::new));
    }

    private static @Nullable UUID reservation(Command command) {
        Target target = command.target();
        return target == null ? null : target.id();
    }

    static @Nullable Long ttlMicros(Command command) {
        Duration ttl = command.target() == null ? null : command.target().ttl();
        return ttl == null ? null : ttl.toNanos() / 1_000;
    }

    static @Nullable String metadata(Command command) {
        return command.metadata().isEmpty() ? null : Json.write(command.metadata());
    }
}
