package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Counter;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Units;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the database answered to one command.
 *
 * @param command the command
 * @param rows one per line of it
 * @param alerts what fired
 * @param written for a replay, what stands in the ledger
 * @param storeTime the store's time at the decision
 */
record CommandAnswer(
        Command command, List<AnswerRow> rows, List<Alert> alerts, List<Written> written, Instant storeTime) {
    /**
     * A row of the ledger that the command would have written, had it not been carried out before.
     *
     * @param verdict what was answered then
     * @param heldUntil when it expires, if it is a hold
     */
    record Written(Verdict verdict, @Nullable Instant heldUntil) {}

    Outcome outcome() {
        String outcome = rows.get(0).outcome();
        return switch (outcome) {
            case "ACCEPTED" ->
                new Outcome.Accepted(verdicts(), false, alerts, rows.get(0).heldUntil());
            case "REPLAYED" -> replayed();
            case "REFUSED" -> new Outcome.Refused(refusals());
            case "TOO_LATE" -> new Outcome.Refused(each(index -> verdict(index, RefusalReason.EXPIRED)));
            case "COMMITTED", "RELEASED", "EXPIRED" -> new Outcome.Settled(ReservationState.valueOf(outcome));
            case "NOT_FOUND" -> new Outcome.NotFound(target().id());
            case "CONFLICT" -> new Outcome.Conflict(blamed().subject(), blamed().feature());
            case "STALE_CLOCK" -> stale(Outcome.Stale.Cause.CLOCK);
            case "STALE_CATALOG" -> stale(Outcome.Stale.Cause.CATALOG);
            case "OVERFLOW" -> rejected("R6", blamed().amount(), "would take the counter beyond " + Units.MAX);
            case "BEYOND" -> beyond();
            case "COLLISION" ->
                new Outcome.Rejected(new IdempotencyConflictException(
                        "the digest of key \"" + InvalidQuotaArgumentException.escape(command.key())
                                + "\" is already taken by another key; use a different one (R8)",
                        command.key(),
                        JdbcQuotaStore.NAME));
            default -> throw new IllegalStateException("the database answered " + outcome);
        };
    }

    /** Letting go again what was let go writes nothing, and so has no rows to show. */
    private Outcome replayed() {
        if (written.isEmpty()) {
            return new Outcome.Accepted(verdicts(), true, List.of());
        }
        List<Verdict> verdicts = written.stream()
                .map(Written::verdict)
                .sorted(Verdict.LINE_ORDER)
                .toList();
        return new Outcome.Accepted(verdicts, true, List.of(), written.get(0).heldUntil());
    }

    private Outcome stale(Outcome.Stale.Cause cause) {
        return new Outcome.Stale(blamed().subject(), cause, storeTime);
    }

    private Outcome beyond() {
        AnswerRow use = rows.get(0);
        Line line = command.lines().get(0);
        for (int i = 0; i < rows.size(); i++) {
            if (command.lines().get(i).origin() == null) {
                use = rows.get(i);
                line = command.lines().get(i);
            }
        }
        return command.operation().settles()
                ? rejected("R34", line.amount(), "is more than the " + use.amount() + " units held")
                : rejected(
                        "R37",
                        line.amount(),
                        "does not fit: a correction takes back at most what is left of the use, " + use.amount()
                                + " units");
    }

    private static Outcome rejected(String rule, long amount, String fault) {
        return new Outcome.Rejected(InvalidQuotaArgumentException.of(rule, "amount", amount, fault));
    }

    private List<Verdict> verdicts() {
        return each(index -> verdict(index, null));
    }

    private Verdict verdict(int index, @Nullable RefusalReason reason) {
        AnswerRow row = rows.get(index);
        Line line = command.lines().get(index);
        return row.verdict(row.amount() == null ? line : line.withAmount(row.amount()), reason);
    }

    private List<Verdict> refusals() {
        Map<CounterKey, Long> together = new HashMap<>();
        command.lines().forEach(line -> together.merge(CounterKey.of(line), line.amount(), Long::sum));
        return each(index -> {
            AnswerRow row = rows.get(index);
            Line line = command.lines().get(index);
            long units = together.getOrDefault(CounterKey.of(line), line.amount());
            return row.verdict(line, reason(line, row, units));
        });
    }

    /**
     * Returns why a line refuses, or null when it passes.
     *
     * @param together units that all lines of its counter ask for
     */
    private @Nullable RefusalReason reason(Line line, AnswerRow row, long together) {
        return switch (command.operation()) {
            // A reset asks for no room, so only the standing can refuse it (R18).
            case RESET ->
                line.terms().standing() == Standing.GRANTED
                        ? null
                        : RefusalReason.of(line.terms().standing());
            case UP_TO -> line.refusal(line.rate(), row.counter(), row.topUps());
            case COMMIT_MORE -> row.blamed() && row.amount() != null ? reasonBeyond(line, row, row.amount()) : null;
            default -> line.refusal(together, row.counter(), row.topUps());
        };
    }

    /** What the hold keeps itself is not in its way. */
    private static @Nullable RefusalReason reasonBeyond(Line line, AnswerRow row, long beyond) {
        Counter counter = row.counter();
        Counter others = new Counter(counter.used(), counter.held() - (line.amount() - beyond));
        return line.refusal(line.amount(), others, row.topUps());
    }

    private List<Verdict> each(Function<Integer, Verdict> verdict) {
        List<Verdict> verdicts = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            verdicts.add(verdict.apply(i));
        }
        return verdicts;
    }

    private Line blamed() {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).blamed()) {
                return command.lines().get(i);
            }
        }
        return command.lines().get(0);
    }

    private Target target() {
        Target target = command.target();
        if (target == null) {
            throw new IllegalStateException(command.operation() + " has no target");
        }
        return target;
    }
}
