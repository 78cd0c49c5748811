package io.quotaguard.jdbc;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Sends commands to the functions of the schema: plain charges that follow each other in one statement and one
 * transaction, any other command in one of its own. Thread-safe.
 */
final class BatchExecutor {
    private static final int MAX_ATTEMPTS = 5;
    /** The server gives up on a lock this much earlier than the client on the server: then the answer is certain. */
    private static final int MAX_LOCK_MARGIN_MILLIS = 50;

    private final Connections connections;
    private final LearnedClock clock;
    private final Map<SchemaFunction, String> calls = new EnumMap<>(SchemaFunction.class);
    /** Set when the host's connections were found not to be read committed. */
    private volatile boolean ownTransaction;

    BatchExecutor(Connections connections, LearnedClock clock, String schema) {
        this.connections = connections;
        this.clock = clock;
        for (SchemaFunction function : SchemaFunction.values()) {
            calls.put(function, function.call(schema));
        }
    }

    List<Outcome> execute(List<Command> commands, Deadline deadline) {
        List<Round> rounds = Round.of(commands);
        // A stranger's lock on one counter must not use up the time of the others.
        Deadline bound = commands.size() > 1 ? deadline.shared() : deadline;
        if (rounds.size() == 1) {
            return execute(rounds.get(0), bound);
        }
        List<Outcome> outcomes = new ArrayList<>();
        rounds.forEach(round -> outcomes.addAll(execute(round, bound)));
        return outcomes;
    }

    /** Charges what was decided in front of this store. */
    List<Outcome> post(List<Decided> decided, Deadline deadline) {
        return new Posting(decided).outcomes(round -> execute(round, deadline));
    }

    List<Outcome> execute(Round round, Deadline deadline) {
        List<Command> commands = round.commands();
        for (int attempt = 1; ; attempt++) {
            try {
                return send(round, deadline);
            } catch (NoConnectionException e) {
                return each(commands, command -> unavailable(command, e, true));
            } catch (SQLException e) {
                Faults.Kind kind = Faults.kind(e);
                if (kind == Faults.Kind.ISOLATION) {
                    ownTransaction = true;
                } else if (kind != Faults.Kind.CONTENTION) {
                    return faulty(round, kind, e, deadline);
                }
                if (attempt == MAX_ATTEMPTS || !Backoff.pause(attempt, deadline)) {
                    return each(commands, command -> unavailable(command, e, true));
                }
            }
        }
    }

    private List<Outcome> send(Round round, Deadline deadline) throws NoConnectionException, SQLException {
        try (Session session = connections.open(deadline)) {
            if (!ownTransaction) {
                return ask(session.connection(), round, deadline);
            }
            // The isolation is the transaction's own, so that nothing of it stays with the connection (G4).
            Connection connection = session.connection();
            connection.setAutoCommit(false);
            try {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                List<Outcome> outcomes = ask(connection, round, deadline);
                connection.commit();
                return doubted(connection.getWarnings(), round, outcomes);
            } catch (SQLException e) {
                if (!connection.isClosed()) {
                    connection.rollback();
                }
                throw e;
            }
        }
    }

    private List<Outcome> ask(Connection connection, Round round, Deadline deadline) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(calls.get(round.function()))) {
            Arguments arguments = new Arguments(connection, statement);
            round.bind(arguments, lockTimeoutMillis(deadline));
            round.function().requireAll(arguments.count());
            Instant sent = clock.sending();
            Round.Reply reply;
            try (ResultSet rows = statement.executeQuery()) {
                reply = round.read(rows);
            }
            clock.observe(sent, reply.storeTime());
            return doubted(statement.getWarnings(), round, reply.outcomes());
        }
    }

    /** Returns how long the server may wait for a lock, so that its answer still comes before the deadline. */
    static int lockTimeoutMillis(Deadline deadline) {
        int left = deadline.remainingMillis();
        return Math.max(1, Math.min(deadline.lockMillis(), left - Math.min(MAX_LOCK_MARGIN_MILLIS, left / 5)));
    }

    private static List<Outcome> doubted(
            @org.jspecify.annotations.Nullable SQLWarning first, Round round, List<Outcome> outcomes) {
        SQLWarning doubt = Faults.doubt(first);
        return doubt == null ? outcomes : each(round.commands(), command -> lost(command, doubt));
    }

    /** Tells the outcome of an error that repeating the whole list would only meet again. */
    private List<Outcome> faulty(Round round, Faults.Kind kind, SQLException fault, Deadline deadline) {
        List<Command> commands = round.commands();
        boolean oneMayBeAtFault = kind == Faults.Kind.REQUEST || kind == Faults.Kind.OTHER;
        if (oneMayBeAtFault && commands.size() > 1) {
            List<Outcome> outcomes = new ArrayList<>();
            round.oneByOne().forEach(one -> outcomes.addAll(execute(one, deadline)));
            return outcomes;
        }
        return each(commands, command -> switch (kind) {
            case UNKNOWN -> lost(command, fault);
            case REQUEST ->
                new Outcome.Rejected(new InvalidQuotaArgumentException(
                        "the request holds what PostgreSQL cannot take", Faults.text(fault), fault));
            case SETUP, OTHER -> unavailable(command, fault, false);
            default -> unavailable(command, fault, true);
        });
    }

    private static List<Outcome> each(List<Command> commands, Function<Command, Outcome> outcome) {
        return commands.stream().map(outcome).toList();
    }

    /** A check leaves nothing behind, so a lost answer to it is no mystery. */
    private static Outcome lost(Command command, Throwable cause) {
        return command.operation() == Operation.CHECK ? unavailable(command, cause, true) : new Outcome.Unknown(cause);
    }

    /**
     * Returns the outcome of what was not done.
     *
     * @param retryable whether it may be possible in a moment, also when this list's own deadline has passed: the callers
     *     whose commands are in it may have more time
     */
    private static Outcome unavailable(Command command, Throwable cause, boolean retryable) {
        QuotaException failure = new QuotaUnavailableException(
                "store " + JdbcQuotaStore.NAME + " could not decide, and recorded nothing: " + Faults.text(cause),
                cause,
                command.key(),
                JdbcQuotaStore.NAME);
        return new Outcome.Unavailable(failure, retryable);
    }
}
