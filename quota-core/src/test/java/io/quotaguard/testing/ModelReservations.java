package io.quotaguard.testing;

import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Verdict;
import io.quotaguard.testing.ModelHolds.Hold;
import io.quotaguard.testing.ModelLedger.Entry;
import io.quotaguard.testing.ModelLedger.Known;
import io.quotaguard.testing.Step.Item;
import io.quotaguard.testing.Step.Named;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds from their making to their end (R34-R36). */
final class ModelReservations {
    private final ModelBooks books;
    private final ModelUses uses;
    private final ModelCharges charges;
    private final Map<Named, Handle> handles = new HashMap<>();

    /** What a caller of {@code reserve} has in hands. */
    private static final class Handle {
        private final Decision decision;
        /** Nothing is left to do for its close. */
        private boolean settled;

        Handle(Decision decision) {
            this.decision = decision;
            this.settled = !decision.allowed();
        }
    }

    /** What came of an attempt: a decision, or a failure in a word. */
    private record Answer(@Nullable Decision decision, String failure) {
        String text() {
            return decision == null ? failure : SequenceText.decision(decision);
        }
    }

    ModelReservations(ModelBooks books, ModelUses uses, ModelCharges charges) {
        this.books = books;
        this.uses = uses;
        this.charges = charges;
    }

    String hold(Step.Hold hold) {
        Named name = name(hold.item(), hold.key());
        Answer answer = reserve(hold.item(), hold.key(), hold.ttl(), Map.of("for", hold.key()));
        Decision decision = answer.decision();
        if (decision == null) {
            return answer.failure();
        }
        handles.put(name, new Handle(decision));
        Hold made = books.holds.find(name);
        return answer.text() + (decision.allowed() && made != null ? " until " + made.expiresAt() : "");
    }

    /** Work within a reservation: charged when it returns in time, and else as if it never was. */
    String call(Step.Call call) {
        Answer reserved = reserve(call.item(), call.key(), call.ttl(), Map.of());
        Decision decision = reserved.decision();
        if (decision == null) {
            return reserved.failure();
        } else if (!decision.allowed()) {
            return "exceeded: " + reserved.text();
        }
        Handle handle = new Handle(decision);
        Named name = name(call.item(), call.key());
        if (call.ending() == Step.Ending.TAKES_TOO_LONG) {
            books.moveTo(books.now().plus(call.ttl()));
        }
        String result = "the work failed";
        if (call.ending() != Step.Ending.THROWS) {
            Answer committed = commit(name, call.item().amount(), false);
            boolean charged =
                    committed.decision() != null && committed.decision().allowed();
            handle.settled = charged;
            result = charged ? "done" : (committed.decision() == null ? "" : "exceeded: ") + committed.text();
        }
        close(name, handle);
        return result;
    }

    private Answer reserve(Item item, String key, Duration ttl, Map<String, String> metadata) {
        List<ModelLine> lines = charges.lines(List.of(item));
        if (lines.isEmpty()) {
            return new Answer(null, "error");
        }
        Named name = name(item, key);
        String request = "hold " + item;
        Known known = books.ledger.known(name);
        if (known != null) {
            return known.request().equals(request)
                    ? new Answer(new Decision(known.verdicts(), key, true, false), "")
                    : new Answer(null, "conflict");
        }
        List<Verdict> found = lines.stream()
                .map(line -> books.verdict(line, books.refusal(line, line.amount()), 0))
                .toList();
        if (!found.stream().allMatch(Verdict::allowed)) {
            return new Answer(new Decision(found, key, false, false), "");
        } else if (lines.stream().anyMatch(line -> books.overflows(line, line.amount()))) {
            return new Answer(null, "error");
        }
        List<ModelLine> useFirst = new ArrayList<>(lines);
        useFirst.sort(Comparator.comparing(line -> !line.isUse()));
        books.holds.add(
                new Hold(name, item.amount(), useFirst, metadata, books.now().plus(ttl)));
        List<Verdict> verdicts =
                lines.stream().map(line -> books.verdict(line, null, 0)).toList();
        books.ledger.remember(
                name,
                new Known(
                        request,
                        verdicts.stream()
                                .filter(verdict -> verdict.origin() == null)
                                .toList()));
        return new Answer(new Decision(verdicts, key, false, false), "");
    }

    String settle(Step.Settle settle) {
        Named name = settle.held();
        if (settle.resumed()) {
            return books.holds.find(name) == null ? "nothing" : carryOut(settle.how(), name, null);
        }
        Handle handle = handles.get(name);
        if (handle == null) {
            return "nothing";
        } else if (settle.how() instanceof Step.Close) {
            close(name, handle);
            return "done";
        } else if (!handle.decision.allowed()) {
            return "exceeded: " + SequenceText.decision(handle.decision);
        }
        return carryOut(settle.how(), name, handle);
    }

    private String carryOut(Step.Settling how, Named name, @Nullable Handle handle) {
        Hold hold = hold(name);
        if (how instanceof Step.Commit commit) {
            long units = commit.units() == null ? hold.units() : commit.units();
            Answer answer = commit(name, units, commit.more());
            if (handle != null && answer.decision() != null) {
                handle.settled |= answer.decision().allowed();
            }
            return answer.text();
        } else if (how instanceof Step.Release || how instanceof Step.Close) {
            String answer = release(hold);
            if (handle != null) {
                handle.settled |= answer.equals("done");
            }
            // Whatever a close meets, it says nothing.
            return how instanceof Step.Close ? "done" : answer;
        } else if (how instanceof Step.Extend extend) {
            ReservationState state = hold.state(books.now());
            if (state != ReservationState.HELD) {
                return "settled " + state;
            }
            hold.extend(books.now().plus(extend.ttl()));
            return "until " + hold.expiresAt();
        }
        return "found " + hold.units() + " held until " + hold.expiresAt();
    }

    private void close(Named name, Handle handle) {
        if (!handle.settled) {
            handle.settled = true;
            release(hold(name));
        }
    }

    private String release(Hold hold) {
        ReservationState state = hold.state(books.now());
        if (state == ReservationState.HELD || state == ReservationState.RELEASED) {
            hold.release();
            return "done";
        }
        return "settled " + state;
    }

    private Answer commit(Named name, long units, boolean more) {
        Hold hold = hold(name);
        List<ModelLine> lines = uses.today(hold.lines(), units, books.now());
        lines.sort(ModelLine.ORDER);
        ReservationState state = hold.state(books.now());
        if (state == ReservationState.COMMITTED) {
            Entry charged = hold.charged(units);
            return charged == null
                    ? new Answer(null, "settled " + state)
                    : new Answer(new Decision(charged.verdicts(), name.key(), true, false), "");
        } else if (state == ReservationState.RELEASED) {
            return new Answer(null, "settled " + state);
        } else if (state == ReservationState.EXPIRED) {
            List<Verdict> late = lines.stream()
                    .map(line -> books.verdict(line, RefusalReason.EXPIRED, 0))
                    .toList();
            return new Answer(new Decision(late, name.key(), false, false), "");
        } else if (units > hold.units()) {
            if (!more) {
                return new Answer(null, "error");
            }
            long excess = units - hold.units();
            List<Verdict> found = lines.stream()
                    .map(line -> books.verdict(
                            line, books.refusal(line, excess * line.rate(), hold.units() * line.rate()), 0))
                    .toList();
            if (!found.stream().allMatch(Verdict::allowed)) {
                return new Answer(new Decision(found, name.key(), false, false), "");
            } else if (lines.stream().anyMatch(line -> books.overflows(line, excess * line.rate()))) {
                return new Answer(null, "error");
            }
        }
        hold.commit(units);
        ModelTurn turn = new ModelTurn(books, Operation.COMMIT, name.key(), hold.metadata());
        lines.forEach(turn::charge);
        hold.charged(turn.end().get(0));
        return new Answer(new Decision(turn.verdicts(), name.key(), false, false), "");
    }

    private Hold hold(Named name) {
        Hold hold = books.holds.find(name);
        if (hold == null) {
            throw new IllegalStateException("what was allowed is held: " + name);
        }
        return hold;
    }

    private static Named name(Item item, String key) {
        return new Named(item.subject(), item.feature(), key);
    }
}
