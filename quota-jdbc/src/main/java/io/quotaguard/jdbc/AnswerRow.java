package io.quotaguard.jdbc;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Line;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the database answered for one line.
 *
 * @param outcome what became of the line's command
 * @param blamed whether it is because of this line
 * @param counter the totals found, or left behind
 * @param topUps units of grants that were used in the window, or are left
 * @param amount units that were charged, taken back or refused, where these differ from what was asked for; else null
 * @param overage units above the limit
 * @param heldUntil when the first hold on the counter expires, or the hold that was made or extended; or null
 */
record AnswerRow(
        String outcome,
        boolean blamed,
        Counter counter,
        long topUps,
        @Nullable Long amount,
        long overage,
        @Nullable Instant heldUntil) {

    static AnswerRow read(ResultSet row) throws SQLException {
        return new AnswerRow(
                row.getString("o_outcome"),
                row.getBoolean("o_blamed"),
                new Counter(row.getLong("o_used"), row.getLong("o_held")),
                row.getLong("o_top_ups"),
                row.getObject("o_amount", Long.class),
                row.getLong("o_overage"),
                Times.end(row, "o_held_until"));
    }

    /** Returns the answer to a plain use, after which {@code used} units are. */
    static AnswerRow allowedUse(Line line, long used) {
        long overage = line.terms().limit().overage(used, line.amount());
        return new AnswerRow("ACCEPTED", false, new Counter(used, 0), 0, null, overage, null);
    }

    /** Returns the answer to a plain use that was charged before. */
    static AnswerRow replayedUse() {
        return new AnswerRow("REPLAYED", false, new Counter(0, 0), 0, null, 0, null);
    }

    /** Returns the answer to a plain use for which there is no room beside {@code used} units. */
    static AnswerRow refusedUse(long used) {
        return new AnswerRow("REFUSED", true, new Counter(used, 0), 0, null, 0, null);
    }

    /** Returns the verdict on a line, which was asked for as {@code line} says unless the answer says otherwise. */
    Verdict verdict(Line line, @Nullable RefusalReason refusal) {
        return line.verdict(refusal, counter, topUps, overage, heldUntil);
    }

    /** Returns the verdict that a ledger row stands for (R7). */
    static Verdict written(ResultSet row) throws SQLException {
        String origin = row.getString("o_origin_subject");
        return new Verdict(
                row.getString("o_subject"),
                row.getString("o_feature"),
                row.getLong("o_amount"),
                null,
                Limit.of(row.getLong("o_limit")),
                new Counter(row.getLong("o_used"), row.getLong("o_held")),
                Times.window(row, "o_start", "o_end"),
                new LimitSource(
                        LimitSource.Kind.valueOf(row.getString("o_source")),
                        row.getString("o_plan"),
                        row.getLong("o_plan_version")),
                row.getLong("o_overage"),
                origin == null ? null : new Origin(origin, row.getString("o_origin_feature"), row.getLong("o_rate")),
                null);
    }

    static Alert alert(ResultSet row, Line line, Instant firedAt) throws SQLException {
        return new Alert(
                row.getLong("o_alert"),
                line.subject(),
                line.feature(),
                line.terms().window(),
                row.getInt("o_threshold"),
                row.getLong("o_generation"),
                row.getLong("o_used"),
                Limit.of(row.getLong("o_limit")),
                firedAt,
                false,
                false,
                false);
    }
}
