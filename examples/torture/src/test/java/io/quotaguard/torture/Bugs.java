package io.quotaguard.torture;

import static io.quotaguard.torture.PlantedStore.once;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import io.quotaguard.torture.PlantedStore.Bug;
import io.quotaguard.torture.load.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The bugs that a quota store can have. What a bug writes under a key of its own is read as if it stood under the caller's. */
final class Bugs {
    /** What stands after it in a key was added by a bug. */
    static final char MARK = '~';

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private Bugs() {}

    /** No bug: but one answer in twenty is lost, as on any network. */
    static Bug none() {
        AtomicInteger calls = new AtomicInteger();
        return (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            boolean lost = command.operation() != Operation.CHECK && calls.incrementAndGet() % 20 == 0;
            return lost ? new Outcome.Unknown(new IllegalStateException("the answer was lost")) : outcome;
        };
    }

    /** A bug in how uses are charged; all else is carried out rightly. */
    private static Bug inUses(Bug bug) {
        return (command, store, deadline) -> command.operation() == Operation.RECORD
                ? bug.execute(command, store, deadline)
                : once(store, command, deadline);
    }

    private static Bug now(int every, Bug bug) {
        AtomicInteger calls = new AtomicInteger();
        return inUses((command, store, deadline) -> calls.incrementAndGet() % every == 0
                ? bug.execute(command, store, deadline)
                : once(store, command, deadline));
    }

    static Command as(Operation operation, Command command) {
        return new Command(operation, command.key(), command.lines(), command.metadata(), command.target());
    }

    static Command otherKey(Command command) {
        return new Command(
                command.operation(),
                command.key() + MARK + NUMBERS.incrementAndGet(),
                command.lines(),
                command.metadata(),
                command.target());
    }

    static Command lines(Command command, UnaryOperator<Line> change) {
        return command.withLines(command.lines().stream().map(change).toList());
    }

    private static Line terms(Line line, Terms terms) {
        return new Line(line.subject(), line.feature(), line.amount(), terms, line.origin());
    }

    private static Outcome refused(List<Verdict> verdicts) {
        return new Outcome.Refused(verdicts.stream()
                .map(verdict -> verdict(verdict, RefusalReason.EXHAUSTED, verdict.counter(), verdict.amount()))
                .toList());
    }

    static Verdict verdict(Verdict from, @Nullable RefusalReason refusal, Counter counter, long amount) {
        return new Verdict(
                from.subject(), from.feature(), amount, refusal, from.limit(), counter, from.window(), from.source());
    }

    static Bug checkThenAct() {
        return inUses((command, store, deadline) -> {
            Outcome check = once(store, as(Operation.CHECK, command), deadline);
            LockSupport.parkNanos(1);
            return check instanceof Outcome.Accepted ? once(store, as(Operation.POST, command), deadline) : check;
        });
    }

    static Bug lostDedupe() {
        return inUses((command, store, deadline) -> once(store, otherKey(command), deadline));
    }

    static Bug doubleApply() {
        return now(40, (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            once(store, otherKey(command), deadline);
            return outcome;
        });
    }

    /** Goes on to decide by the first version of the plan that it has seen. */
    static Bug stalePlan() {
        Map<String, Terms> first = new ConcurrentHashMap<>();
        return inUses((command, store, deadline) -> {
            Command stale = lines(
                    command,
                    line -> line.feature().equals(World.HOT)
                            ? terms(line, first.computeIfAbsent(line.subject(), absent -> line.terms()))
                            : line);
            Outcome check = once(store, as(Operation.CHECK, command), deadline);
            return check instanceof Outcome.Accepted ? once(store, as(Operation.POST, stale), deadline) : check;
        });
    }

    static Bug wrongWindow() {
        return now(10, (command, store, deadline) -> {
            Command early = lines(command, line -> {
                Window window = line.terms().window();
                return window.end() == null
                        ? line
                        : terms(
                                line,
                                line.terms()
                                        .forEarlier(new Window(
                                                window.start().minus(Duration.ofSeconds(2)), window.start())));
            });
            return once(store, as(Operation.POST, early), deadline);
        });
    }

    static Bug lostAlert() {
        return inUses((command, store, deadline) -> once(
                store,
                lines(command, line -> {
                    Terms terms = line.terms();
                    return terms(
                            line,
                            new Terms(
                                    terms.standing(),
                                    terms.limit(),
                                    terms.ceiling(),
                                    Thresholds.NONE,
                                    terms.source(),
                                    terms.window(),
                                    terms.validFrom(),
                                    terms.validUntil(),
                                    terms.version()));
                }),
                deadline));
    }

    /** Charges the first line of a batch, and says that it charged them all. */
    static Bug halfBatch() {
        return inUses((command, store, deadline) -> {
            if (command.lines().size() == 1) {
                return once(store, command, deadline);
            }
            Outcome check = once(store, as(Operation.CHECK, command), deadline);
            if (check instanceof Outcome.Accepted) {
                once(store, command.withLines(command.lines().subList(0, 1)), deadline);
            }
            return check;
        });
    }

    static Bug refusedThoughRoom() {
        return now(40, (command, store, deadline) -> {
            Outcome check = once(store, as(Operation.CHECK, command), deadline);
            return check instanceof Outcome.Accepted accepted ? refused(accepted.verdicts()) : check;
        });
    }

    static Bug allowedWithoutRow() {
        return now(40, (command, store, deadline) -> once(store, as(Operation.CHECK, command), deadline));
    }

    static Bug rowWithoutAllow() {
        return now(40, (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            return outcome instanceof Outcome.Accepted accepted && !accepted.replayed()
                    ? refused(accepted.verdicts())
                    : outcome;
        });
    }

    static Bug unavailableThatCounted() {
        return now(40, (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            return outcome instanceof Outcome.Accepted accepted && !accepted.replayed()
                    ? new Outcome.Unavailable(new QuotaUnavailableException("planted", null, null, null), false)
                    : outcome;
        });
    }

    /** For one key in forty, whenever it comes: a guard asks again by itself. */
    static Bug untypedException() {
        return inUses((command, store, deadline) -> {
            if (command.key().hashCode() % 40 == 0) {
                throw new NullPointerException("planted");
            }
            return once(store, command, deadline);
        });
    }

    /** Of one key in forty nobody is ever told anything, however often he asks. */
    static Bug neverAnswered() {
        return inUses((command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            return command.key().hashCode() % 40 == 0
                    ? new Outcome.Unknown(new IllegalStateException("the answer was lost"))
                    : outcome;
        });
    }

    static Bug untypedError() {
        return now(40, (command, store, deadline) -> {
            throw new AssertionError("planted");
        });
    }

    static Bug conflictThatCounted() {
        return inUses((command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            if (outcome instanceof Outcome.Conflict) {
                once(store, otherKey(command), deadline);
            }
            return outcome;
        });
    }

    static Bug wrongAmount() {
        return now(40, (command, store, deadline) -> {
            Command more = lines(command, line -> line.withAmount(line.amount() + 1));
            Outcome outcome = once(store, more, deadline);
            return outcome instanceof Outcome.Accepted accepted
                    ? new Outcome.Accepted(
                            accepted.verdicts().stream()
                                    .map(verdict -> verdict(verdict, null, verdict.counter(), verdict.amount() - 1))
                                    .toList(),
                            accepted.replayed(),
                            accepted.alerts())
                    : outcome;
        });
    }

    static Bug overByOne() {
        return inUses((command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            boolean almost = outcome instanceof Outcome.Refused refused
                    && refused.verdicts().stream().allMatch(verdict -> {
                        Limit limit = verdict.limit();
                        return limit.plus(1).admits(verdict.counter().taken(), verdict.amount());
                    });
            return almost ? once(store, as(Operation.POST, command), deadline) : outcome;
        });
    }

    /** Units that others hold are used by whoever comes. */
    static Bug useIgnoresHolds() {
        return inUses((command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            boolean room = outcome instanceof Outcome.Refused refused
                    && refused.verdicts().stream()
                            .allMatch(verdict ->
                                    verdict.limit().admits(verdict.counter().used(), verdict.amount()));
            return room ? once(store, as(Operation.POST, command), deadline) : outcome;
        });
    }

    static Bug otherAnswerToReplay() {
        return inUses((command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            return outcome instanceof Outcome.Accepted accepted && accepted.replayed()
                    ? new Outcome.Accepted(
                            accepted.verdicts().stream()
                                    .map(verdict -> verdict(
                                            verdict,
                                            null,
                                            new Counter(verdict.counter().used() + 1, 0),
                                            verdict.amount()))
                                    .toList(),
                            true,
                            List.of())
                    : outcome;
        });
    }

    static Bug replayedAsNew() {
        return inUses((command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            return outcome instanceof Outcome.Accepted accepted
                    ? new Outcome.Accepted(accepted.verdicts(), false, accepted.alerts())
                    : outcome;
        });
    }

    static Bug holdsBeyondTheLimit() {
        return (command, store, deadline) -> {
            boolean hold = command.operation() == Operation.HOLD
                    && command.lines().get(0).feature().equals(World.HELD);
            return once(store, hold ? lines(command, Bugs::unlimited) : command, deadline);
        };
    }

    /** What was spent from slices stands in the ledger, but whoever comes next is decided as if it did not: units are handed out twice. */
    static Bug spentSlicesNotCounted() {
        return (command, store, deadline) -> {
            boolean decided = command.operation() == Operation.HOLD || command.operation() == Operation.RECORD;
            boolean leased = decided && command.lines().get(0).feature().equals(World.LEASED);
            Outcome outcome = once(store, leased ? lines(command, Bugs::unlimited) : command, deadline);
            return leased && outcome instanceof Outcome.Accepted accepted
                    ? new Outcome.Accepted(
                            accepted.verdicts().stream()
                                    .map(verdict -> verdict(verdict, null, new Counter(0, 0), verdict.amount()))
                                    .toList(),
                            false,
                            List.of(),
                            accepted.heldUntil())
                    : outcome;
        };
    }

    /** Of what was spent from slices, a part is said to be posted and is not. */
    static Bug lostPost() {
        AtomicInteger posts = new AtomicInteger();
        return (command, store, deadline) -> {
            if (command.operation() == Operation.SPEND && posts.incrementAndGet() % 3 == 0) {
                Command look = new Command(Operation.CHECK, command.key(), command.lines(), Map.of());
                Outcome check = once(store, look, deadline);
                if (check instanceof Outcome.Accepted) {
                    return check;
                }
            }
            return once(store, command, deadline);
        };
    }

    static Line unlimited(Line line) {
        Terms terms = line.terms();
        return terms(
                line,
                new Terms(
                        terms.standing(),
                        terms.limit(),
                        Limit.unlimited(),
                        terms.thresholds(),
                        terms.source(),
                        terms.window(),
                        terms.validFrom(),
                        terms.validUntil(),
                        terms.version()));
    }

    /** A key that holds is not known as such. */
    static Bug heldAgain() {
        return (command, store, deadline) ->
                once(store, command.operation() == Operation.HOLD ? otherKey(command) : command, deadline);
    }

    /** A key that holds one unit less is answered as if it held this amount. */
    static Bug conflictOfAHoldHeld() {
        return (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            return command.operation() == Operation.HOLD && outcome instanceof Outcome.Conflict
                    ? once(store, lines(command, line -> line.withAmount(line.amount() - 1)), deadline)
                    : outcome;
        };
    }

    static Bug committedTwice() {
        return (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            if (command.operation() == Operation.COMMIT && outcome instanceof Outcome.Accepted) {
                once(store, otherKey(new Command(Operation.POST, command.key(), command.lines(), Map.of())), deadline);
            }
            return outcome;
        };
    }

    static Bug correctedTwice() {
        return (command, store, deadline) -> {
            Outcome outcome = once(store, command, deadline);
            if (command.operation() == Operation.CORRECT_BY && outcome instanceof Outcome.Accepted) {
                once(store, otherKey(command), deadline);
            }
            return outcome;
        };
    }
}
