package io.quotaguard.jdbc;

import io.quotaguard.model.Alert;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the database answered to a round: the rows, sorted by command. Used by one thread. */
final class BatchReply {
    private final BatchLayout batch;
    private final @Nullable AnswerRow[] answers;
    private final List<Beside<Alert>> alerts = new ArrayList<>();
    private final List<Beside<CommandAnswer.Written>> written = new ArrayList<>();
    private @Nullable Instant storeTime;

    /** Something that came beside the answer to a line. */
    private record Beside<T>(int line, T what) {}

    private BatchReply(BatchLayout batch) {
        this.batch = batch;
        this.answers = new AnswerRow[batch.entries().size()];
    }

    static Round.Reply read(BatchLayout batch, ResultSet rows) throws SQLException {
        BatchReply reply = new BatchReply(batch);
        while (rows.next()) {
            reply.add(rows);
        }
        return new Round.Reply(reply.outcomes(), reply.storeTime());
    }

    /** Reads the answer to a list of uses, which may be one for all of them. */
    static Round.Reply read(BatchLayout batch, UseSums sums, ResultSet rows) throws SQLException {
        BatchReply reply = new BatchReply(batch);
        while (rows.next()) {
            if (rows.getString("o_outcome").equals("ALL")) {
                reply.addAll(rows, sums);
            } else {
                reply.add(rows);
            }
        }
        return new Round.Reply(reply.outcomes(), reply.storeTime());
    }

    private void addAll(ResultSet row, UseSums sums) throws SQLException {
        storeTime = Times.instant(row, "o_now");
        Long[] counts = (Long[]) row.getArray("o_counts").getArray();
        for (int i = 0; i < answers.length; i++) {
            Line line = batch.entries().get(i).line();
            int counter = batch.place(line) - 1;
            long count = counts[counter];
            answers[i] =
                    count < 0 ? AnswerRow.refusedUse(-1 - count) : AnswerRow.allowedUse(line, count - sums.behind()[i]);
        }
    }

    private void add(ResultSet row) throws SQLException {
        if (storeTime == null) {
            storeTime = Times.instant(row, "o_now");
        }
        int ordinal = row.getInt("o_line") - 1;
        switch (row.getString("o_outcome")) {
            case "ALERT" -> {
                Line line = batch.entries().get(ordinal).line();
                alerts.add(new Beside<>(ordinal, AnswerRow.alert(row, line, firedAt(row))));
            }
            case "WRITTEN" -> {
                Verdict verdict = AnswerRow.written(row);
                written.add(new Beside<>(ordinal, new CommandAnswer.Written(verdict, Times.end(row, "o_held_until"))));
            }
            case "POSTED" -> addPosted(row);
            default -> answers[ordinal] = AnswerRow.read(row);
        }
    }

    /** Adds the answer to a list of posts: what each of them left, or nothing where it was posted before. */
    private void addPosted(ResultSet row) throws SQLException {
        Long[] counts = (Long[]) row.getArray("o_counts").getArray();
        for (int i = 0; i < answers.length; i++) {
            Long after = counts[i];
            answers[i] = after == null
                    ? AnswerRow.replayedUse()
                    : AnswerRow.allowedUse(batch.entries().get(i).line(), after);
        }
    }

    /** Returns when an alert fired: now, or when the use was decided that is only posted now. */
    private Instant firedAt(ResultSet row) throws SQLException {
        Instant decided = Times.end(row, "o_held_until");
        return decided == null ? storeTime() : decided;
    }

    private Instant storeTime() {
        if (storeTime == null) {
            throw new IllegalStateException("the database answered nothing");
        }
        return storeTime;
    }

    private List<Outcome> outcomes() {
        List<Outcome> outcomes = new ArrayList<>();
        int first = 0;
        for (Command command : batch.commands()) {
            int last = first + command.lines().size();
            List<AnswerRow> rows = new ArrayList<>();
            for (int line = first; line < last; line++) {
                rows.add(answerAt(line));
            }
            outcomes.add(new CommandAnswer(
                            command, rows, within(alerts, first, last), within(written, first, last), storeTime())
                    .outcome());
            first = last;
        }
        return outcomes;
    }

    private AnswerRow answerAt(int ordinal) {
        AnswerRow answer = answers[ordinal];
        if (answer == null) {
            Line line = batch.entries().get(ordinal).line();
            throw new IllegalStateException("the database left out line " + (ordinal + 1) + ", "
                    + InvalidQuotaArgumentException.escape(line.feature()));
        }
        return answer;
    }

    private static <T> List<T> within(List<Beside<T>> all, int first, int last) {
        if (all.isEmpty()) {
            return List.of();
        }
        return all.stream()
                .filter(each -> each.line() >= first && each.line() < last)
                .map(Beside::what)
                .toList();
    }
}
