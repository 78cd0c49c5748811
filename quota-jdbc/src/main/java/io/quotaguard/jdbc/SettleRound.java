package io.quotaguard.jdbc;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Target;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** One command that ends or changes a hold, or takes back what was charged: for {@code quota_settle} and {@code quota_correct}. */
final class SettleRound implements Round {
    private final Command command;
    private final Target target;
    private final BatchLayout batch;

    SettleRound(Command command) {
        if (command.target() == null) {
            throw new IllegalArgumentException(command.operation() + " names no target");
        }
        this.command = command;
        this.target = command.target();
        this.batch = new BatchLayout(List.of(command));
    }

    @Override
    public List<Command> commands() {
        return batch.commands();
    }

    @Override
    public SchemaFunction function() {
        return command.operation().settles() ? SchemaFunction.SETTLE : SchemaFunction.CORRECT;
    }

    @Override
    public void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException {
        List<Line> lines = command.lines();
        arguments.number(lockTimeoutMillis);
        arguments.text(command.operation().name());
        arguments.uuid(target.id());
        arguments.number(ChargeRound.ttlMicros(command));
        arguments.text(command.key());
        arguments.number(command.fingerprint().value());
        arguments.text(ChargeRound.metadata(command));
        arguments.uuids(lines, command::identity);
        arguments.texts(lines, Line::subject);
        arguments.texts(lines, Line::feature);
        arguments.longs(lines, Line::amount);
        arguments.flags(lines, line -> line.terms().granted());
        arguments.terms(lines);
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, rows);
    }
}
