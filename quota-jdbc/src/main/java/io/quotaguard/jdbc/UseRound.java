package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Standing;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** One use of one counter, for {@code quota_use}: the shortest way. Used by one thread. */
final class UseRound implements Round {
    private final Command command;
    private final BatchLayout batch;

    UseRound(Command command) {
        this.command = command;
        this.batch = new BatchLayout(List.of(command));
    }

    /** Tells whether a command is no more than the use of one counter, without grants. */
    static boolean carries(Command command) {
        if (command.operation() != Operation.RECORD || command.lines().size() > 1) {
            return false;
        }
        Terms terms = command.lines().get(0).terms();
        return terms.standing() == Standing.GRANTED && !terms.granted();
    }

    @Override
    public List<Command> commands() {
        return batch.commands();
    }

    @Override
    public SchemaFunction function() {
        return SchemaFunction.USE;
    }

    @Override
    public void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException {
        Entry use = batch.entries().get(0);
        Line line = use.line();
        Terms terms = line.terms();
        arguments.number(lockTimeoutMillis);
        arguments.text(line.subject());
        arguments.text(line.feature());
        arguments.instant(Times.text(terms.window().start()));
        arguments.instant(Times.endText(terms.window().end()));
        arguments.number(line.amount());
        arguments.text(command.key());
        arguments.uuid(use.identity());
        arguments.number(command.fingerprint().value());
        arguments.text(ChargeRound.metadata(command));
        bindLimit(arguments, terms);
        arguments.text(terms.source().kind().name());
        arguments.text(terms.source().plan());
        arguments.number(terms.source().planVersion());
        arguments.instant(Times.beginningText(terms.validFrom()));
        arguments.instant(Times.endText(terms.validUntil()));
        CatalogVersion version = terms.version();
        arguments.number(version.subject());
        arguments.text(version.planCode());
        arguments.number(version.plan());
        arguments.number(version.defaultPlan());
    }

    private static void bindLimit(Arguments arguments, Terms terms) throws SQLException {
        Limit ceiling = terms.ceiling();
        long[] levels = AlertLevels.of(terms);
        arguments.number(terms.limit().units());
        arguments.number(ceiling.units());
        arguments.number(UsesRound.most(ceiling));
        arguments.number(AlertLevels.first(terms));
        arguments.array("int8", levels);
        arguments.text(levels.length == 0 ? "{}" : Arguments.thresholds(terms.thresholds()));
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, rows);
    }
}
