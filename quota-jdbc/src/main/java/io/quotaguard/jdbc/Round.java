package io.quotaguard.jdbc;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one statement carries out: any number of plain charges, or one command of another kind. Used by one thread. */
interface Round {
    /** Returns its commands, in order. */
    List<Command> commands();

    /** Returns the function of the schema that carries it out. */
    SchemaFunction function();

    void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException;

    Reply read(ResultSet rows) throws SQLException;

    /** Returns rounds that carry out its commands one by one, to find which of them is at fault. */
    default List<Round> oneByOne() {
        return commands().stream().map(command -> of(List.of(command)).get(0)).toList();
    }

    /**
     * What the statement answered.
     *
     * @param outcomes one per command
     * @param storeTime the store's time at the decision (R19)
     */
    record Reply(List<Outcome> outcomes, Instant storeTime) {}

    /** Splits a list where its commands do not go into one statement. */
    static List<Round> of(List<Command> commands) {
        if (commands.size() == 1 && UseRound.carries(commands.get(0))) {
            return List.of(new UseRound(commands.get(0)));
        }
        if (!commands.isEmpty() && commands.stream().allMatch(UseRound::carries)) {
            Round uses = UsesRound.of(commands);
            return List.of(uses != null ? uses : new ChargeRound(commands));
        }
        List<Round> rounds = new ArrayList<>();
        List<Command> charges = new ArrayList<>();
        for (Command command : commands) {
            Operation operation = command.operation();
            if (!operation.settles() && !operation.corrects()) {
                charges.add(command);
                continue;
            }
            if (!charges.isEmpty()) {
                rounds.add(new ChargeRound(charges));
                charges = new ArrayList<>();
            }
            rounds.add(operation == Operation.SPEND ? new SpendRound(command) : new SettleRound(command));
        }
        if (!charges.isEmpty()) {
            rounds.add(new ChargeRound(charges));
        }
        return rounds;
    }
}
