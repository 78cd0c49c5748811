package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code quota_execute} answered, told as outcomes. Used by one thread. */
final class BatchReply {
    private final BatchLayout batch;
    private final @Nullable Answer[] answers;
    private final List<Alert> alerts = new ArrayList<>();
    private final List<Integer> alertLines = new ArrayList<>();
    private @Nullable Instant storeTime;

    /** One line's row. */
    private record Answer(
            String outcome,
            boolean blamed,
            Counter counter,
            @Nullable Verdict replay) {}

    private BatchReply(BatchLayout batch) {
        this.batch = batch;
        this.answers = new Answer[batch.entries().size()];
    }

    static BatchReply read(BatchLayout batch, ResultSet rows) throws SQLException {
        BatchReply reply = new BatchReply(batch);
        while (rows.next()) {
            if (reply.storeTime == null) {
                reply.storeTime = Times.instant(rows, "o_now");
            }
            int ordinal = rows.getInt("o_line") - 1;
            Line line = batch.entries().get(ordinal).line();
            if (rows.getString("o_outcome").equals("ALERT")) {
                reply.alerts.add(alert(rows, line, reply.storeTime()));
                reply.alertLines.add(ordinal);
            } else {
                reply.answers[ordinal] = answer(rows, line);
            }
        }
        return reply;
    }

    /** Returns the store's time at the decision (R19). */
    Instant storeTime() {
        if (storeTime == null) {
            throw new IllegalStateException("the database answered nothing");
        }
        return storeTime;
    }

    List<Outcome> outcomes() {
        List<Outcome> outcomes = new ArrayList<>();
        int first = 0;
        for (Command command : batch.commands()) {
            outcomes.add(outcome(command, first));
            first += command.lines().size();
        }
        return outcomes;
    }

    private Outcome outcome(Command command, int first) {
        Line blamed = blamed(command, first);
        String outcome = answerAt(first).outcome();
        return switch (outcome) {
            case "ACCEPTED" -> new Outcome.Accepted(verdicts(command, first, false), false, alertsOf(command, first));
            case "REPLAYED" -> new Outcome.Accepted(replays(command, first), true, List.of());
            case "REFUSED" -> new Outcome.Refused(verdicts(command, first, true));
            case "CONFLICT" -> new Outcome.Conflict(blamed.subject(), blamed.feature());
            case "STALE_CLOCK" -> new Outcome.Stale(blamed.subject(), Outcome.Stale.Cause.CLOCK, storeTime());
            case "STALE_CATALOG" -> new Outcome.Stale(blamed.subject(), Outcome.Stale.Cause.CATALOG, storeTime());
            case "OVERFLOW" ->
                new Outcome.Rejected(InvalidQuotaArgumentException.of(
                        "R6", "amount", blamed.amount(), "would take the counter beyond " + Units.MAX));
            case "COLLISION" ->
                new Outcome.Rejected(new IdempotencyConflictException(
                        "the digest of key \"" + InvalidQuotaArgumentException.escape(command.key())
                                + "\" is already taken by another key; use a different one (R8)",
                        command.key(),
                        JdbcQuotaStore.NAME));
            default -> throw new IllegalStateException("the database answered " + outcome);
        };
    }

    private List<Verdict> verdicts(Command command, int first, boolean refused) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < command.lines().size(); i++) {
            Line line = command.lines().get(i);
            Counter counter = answerAt(first + i).counter();
            verdicts.add(line.verdict(refused ? refusal(command, line, counter) : null, counter));
        }
        return verdicts;
    }

    /** A reset asks for no room, so only the standing can refuse it (R18). */
    private static @Nullable RefusalReason refusal(Command command, Line line, Counter counter) {
        if (command.operation() != Operation.RESET) {
            return line.refusalBeside(counter);
        }
        Standing standing = line.terms().standing();
        return standing == Standing.GRANTED ? null : RefusalReason.of(standing);
    }

    private List<Verdict> replays(Command command, int first) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < command.lines().size(); i++) {
            Verdict replay = answerAt(first + i).replay();
            if (replay == null) {
                throw new IllegalStateException("a replay came without its original");
            }
            verdicts.add(replay);
        }
        return verdicts;
    }

    private List<Alert> alertsOf(Command command, int first) {
        if (alerts.isEmpty()) {
            return List.of();
        }
        List<Alert> own = new ArrayList<>();
        for (int i = 0; i < alerts.size(); i++) {
            int line = alertLines.get(i);
            if (line >= first && line < first + command.lines().size()) {
                own.add(alerts.get(i));
            }
        }
        return own;
    }

    private Line blamed(Command command, int first) {
        for (int i = 0; i < command.lines().size(); i++) {
            if (answerAt(first + i).blamed()) {
                return command.lines().get(i);
            }
        }
        return command.lines().get(0);
    }

    private Answer answerAt(int ordinal) {
        Answer answer = answers[ordinal];
        if (answer == null) {
            Entry entry = batch.entries().get(ordinal);
            throw new IllegalStateException("the database left out line " + (ordinal + 1) + ", "
                    + InvalidQuotaArgumentException.escape(entry.line().feature()));
        }
        return answer;
    }

    private static Answer answer(ResultSet row, Line line) throws SQLException {
        Counter counter = new Counter(row.getLong("o_used"), row.getLong("o_held"));
        String outcome = row.getString("o_outcome");
        Verdict replay = outcome.equals("REPLAYED")
                ? new Verdict(
                        line.subject(),
                        line.feature(),
                        line.amount(),
                        null,
                        Limit.of(row.getLong("o_limit")),
                        counter,
                        Times.window(row, "o_start", "o_end"),
                        new LimitSource(
                                LimitSource.Kind.valueOf(row.getString("o_source")),
                                row.getString("o_plan"),
                                row.getLong("o_plan_version")))
                : null;
        return new Answer(outcome, row.getBoolean("o_blamed"), counter, replay);
    }

    private static Alert alert(ResultSet row, Line line, Instant firedAt) throws SQLException {
        return new Alert(
                row.getLong("o_alert"),
                line.subject(),
                line.feature(),
                line.terms().window(),
                row.getInt("o_threshold"),
                row.getLong("o_generation"),
                row.getLong("o_used"),
                line.terms().limit(),
                firedAt,
                false);
    }
}
