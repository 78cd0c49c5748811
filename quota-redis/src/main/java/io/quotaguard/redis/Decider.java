package io.quotaguard.redis;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.redis.PlainUse.HeldUp;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Outcome.Stale;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is done about an answer of the script: it is the outcome, or something has to be seen to first. Thread-safe. */
final class Decider {
    private final Revisions revisions;
    private final Epochs epochs;
    private final LedgerWay ledgerWay;
    private final BackingStore behind;

    Decider(Revisions revisions, Epochs epochs, LedgerWay ledgerWay, BackingStore behind) {
        this.revisions = revisions;
        this.epochs = epochs;
        this.ledgerWay = ledgerWay;
        this.behind = behind;
    }

    /**
     * What was read of the catalog for answers that had all been given before: each revision once, and each shard told of it once.
     * Used by one thread.
     */
    static final class Readings {
        private final Map<String, Long> revisions = new HashMap<>();
        private final Set<ToldShard> told = new HashSet<>();

        private record ToldShard(int shard, String field) {}
    }

    /** Returns the outcome of a use, or null when it is to be sent again, for which it may be held up. */
    @Nullable
    Outcome outcome(PlainUse use, ChargeAnswer answer, Readings readings, Deadline deadline) {
        Command command = use.command();
        try {
            return switch (answer.kind()) {
                case ACCEPTED -> Verdicts.accepted(command, answer);
                case REFUSED -> Verdicts.refused(command, answer);
                case REPLAYED -> KeptAnswer.replay(answer.kept());
                case CONFLICT -> Verdicts.conflict(command, answer);
                case TOO_MUCH -> Verdicts.tooMuch(command, answer);
                case CLOCK -> Verdicts.stale(command, answer, Stale.Cause.CLOCK);
                case LEDGER -> ledgerWay.execute(command, deadline);
                case WAIT -> null;
                case BACKLOG -> Undecided.backlog(command);
                default -> seeTo(use, answer, readings, deadline);
            };
        } catch (RedisFault e) {
            // Redis had answered that it did not decide, and nothing is carried out behind before it has answered
            // again.
            return new Outcome.Unavailable(e.unavailable(command.key()), true);
        } catch (QuotaException e) {
            return new Outcome.Unavailable(e, true);
        }
    }

    private @Nullable Outcome seeTo(PlainUse use, ChargeAnswer answer, Readings readings, Deadline deadline)
            throws RedisFault {
        switch (answer.kind()) {
            case SHARD -> epochs.begin(use.shard(), deadline);
            case LOAD, FENCED -> use.isHeldUp(new HeldUp(line(use, answer).subject(), ""));
            case SUBJECT -> {
                return subject(use, answer);
            }
            case PLAN -> {
                String plan = InvalidQuotaArgumentException.required(
                        "plan", line(use, answer).terms().version().planCode());
                return revision(use, answer, Revisions.plan(plan), readings, deadline);
            }
            case DEFAULT -> {
                return revision(use, answer, Revisions.defaultPlan(), readings, deadline);
            }
            case RECALL -> {
                if (behind.remembers(use.command(), deadline)) {
                    return ledgerWay.execute(use.command(), deadline);
                }
                use.keyIsNew();
            }
            default -> throw new IllegalStateException(answer.kind() + " is an outcome");
        }
        return null;
    }

    /** What is known here may be older than the command's, when the catalog was changed past this store. */
    private static @Nullable Outcome subject(PlainUse use, ChargeAnswer answer) {
        Line line = line(use, answer);
        long loaded = answer.loadedRevision();
        HeldUp by = new HeldUp(line.subject(), Long.toString(loaded));
        if (loaded > line.terms().version().subject() || use.wasHeldUp(by)) {
            return Verdicts.stale(use.command(), answer, Stale.Cause.CATALOG);
        }
        use.isHeldUp(by);
        return null;
    }

    private @Nullable Outcome revision(
            PlainUse use, ChargeAnswer answer, String field, Readings readings, Deadline deadline) throws RedisFault {
        Line line = line(use, answer);
        boolean ofPlan = answer.kind() == ChargeAnswer.Kind.PLAN;
        long current = readings.revisions.computeIfAbsent(
                field,
                unread -> ofPlan
                        ? revisions.versionOf(unread.substring(1), deadline)
                        : revisions.ofDefaultPlan(line.subject(), deadline));
        if (readings.told.add(new Readings.ToldShard(use.shard(), field))) {
            revisions.learn(use.shard(), field, current, answer.fences(), deadline);
        }
        long expected =
                ofPlan ? line.terms().version().plan() : line.terms().version().defaultPlan();
        return current == expected ? null : Verdicts.stale(use.command(), answer, Stale.Cause.CATALOG);
    }

    private static Line line(PlainUse use, ChargeAnswer answer) {
        return use.command().lines().get(answer.line());
    }
}
