package io.quotaguard.jdbc;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Spending.Spent;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Uses that were spent out of one hold, for {@code quota_spend}. Used by one thread. */
final class SpendRound implements Round {
    private final Line line;
    private final Target target;
    private final Spending spending;
    private final BatchLayout batch;

    SpendRound(Command command) {
        Target about = command.target();
        if (about == null || about.spending() == null || command.lines().size() > 1) {
            throw new IllegalArgumentException("a spending is of one counter, and names its hold and its uses");
        }
        this.line = command.lines().get(0);
        this.target = about;
        this.spending = about.spending();
        this.batch = new BatchLayout(List.of(command));
    }

    @Override
    public List<Command> commands() {
        return batch.commands();
    }

    @Override
    public SchemaFunction function() {
        return SchemaFunction.SPEND;
    }

    @Override
    public void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException {
        Terms terms = line.terms();
        arguments.number(lockTimeoutMillis);
        arguments.uuid(target.id());
        arguments.number(spending.left());
        arguments.text(line.subject());
        arguments.text(line.feature());
        arguments.instant(Times.text(terms.window().start()));
        arguments.instant(Times.endText(terms.window().end()));
        arguments.number(terms.limit().units());
        arguments.text(Arguments.thresholds(terms.thresholds()));
        arguments.text(terms.source().kind().name());
        arguments.text(terms.source().plan());
        arguments.number(terms.source().planVersion());
        List<Spent> uses = spending.uses();
        arguments.texts(uses, Spent::key);
        arguments.uuids(uses, use -> KeyIdentity.of(line.subject(), line.feature(), use.key()));
        arguments.longs(uses, Spent::amount);
        if (uses.stream().allMatch(use -> use.metadata().isEmpty())) {
            arguments.nothing(1);
        } else {
            arguments.texts(uses, use -> use.metadata().isEmpty() ? null : Json.write(use.metadata()));
        }
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, rows);
    }
}
