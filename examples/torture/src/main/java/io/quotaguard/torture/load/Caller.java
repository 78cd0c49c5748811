package io.quotaguard.torture.load;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanConflictException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.Usage;
import io.quotaguard.torture.history.Answer;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.HistoryFile;
import io.quotaguard.torture.history.Item;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes calls and notes each before it is made and after it has ended. Thread-safe. */
public final class Caller {
    private static final Logger log = LoggerFactory.getLogger(Caller.class);

    private static final int MOST_STACKS = 5;

    private static final List<Class<? extends Throwable>> DEFECTS = List.of(
            NullPointerException.class,
            ClassCastException.class,
            IndexOutOfBoundsException.class,
            ArithmeticException.class,
            NoSuchElementException.class,
            ConcurrentModificationException.class,
            Error.class);

    private final QuotaGuard guard;
    private final HistoryFile history;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();

    public Caller(QuotaGuard guard, HistoryFile history) {
        this.guard = guard;
        this.history = history;
    }

    /** Returns how many calls have ended. */
    public long calls() {
        return calls.get();
    }

    /** What a call came to. */
    private record Result(Ending ending, String key, boolean replayed, Instant until, List<Answer> answers) {
        static Result of(Decision decision) {
            return new Result(
                    decision.allowed() ? Ending.OK : Ending.REFUSED,
                    decision.key(),
                    decision.replayed(),
                    Instant.EPOCH,
                    decision.verdicts().stream().map(Answer::of).toList());
        }

        static Result of(Ending ending, String key) {
            return new Result(ending, key, false, Instant.EPOCH, List.of());
        }

        Result until(Instant end) {
            return new Result(ending, key, replayed, end, answers);
        }
    }

    /** Charges the lines, all or none. */
    public Ending use(String key, List<Item> items) {
        return run(
                CallKind.USE,
                key,
                null,
                items,
                () -> Result.of(
                        items.size() == 1
                                ? guard.checkAndRecord(usage(items.get(0)).key(key))
                                : guard.checkAndRecordAll(items.stream()
                                        .map(item -> usage(item).key(key))
                                        .toList())));
    }

    /** Charges one line from a slice, if there is one. */
    public Ending leasedUse(Item item) {
        return run(CallKind.LEASED_USE, "", null, List.of(item), () -> Result.of(guard.checkAndRecord(usage(item))));
    }

    /** Holds units; empty hands when they are refused or nobody knows. */
    public Ending reserve(String key, Item item, Held held) {
        return run(CallKind.RESERVE, key, null, List.of(item), () -> {
            Reservation reservation = guard.reserve(usage(item).key(key), World.HOLD);
            held.reservation = reservation.decision().allowed() ? reservation : null;
            return Result.of(reservation.decision()).until(reservation.expiresAt());
        });
    }

    public Ending commit(String holdKey, Reservation reservation, Item item) {
        return run(CallKind.COMMIT, "", holdKey, List.of(item), () -> Result.of(reservation.commit(item.amount())));
    }

    public Ending release(String holdKey, Reservation reservation, Item item) {
        return run(CallKind.RELEASE, "", holdKey, List.of(item), () -> {
            reservation.release();
            return Result.of(Ending.OK, "");
        });
    }

    /** Takes back units of an earlier use. */
    public Ending correct(String key, String useKey, Item item) {
        return run(
                CallKind.CORRECT,
                key,
                useKey,
                List.of(item),
                () -> Result.of(guard.usage()
                        .correct(
                                Correction.ofKey(item.subject(), item.feature(), useKey)
                                        .by(item.amount()),
                                Change.by("torture").key(key))));
    }

    /** Looks at how much is used, which no history needs; -1 when nobody can say. */
    long used(String subject, String feature) {
        try {
            return guard.check(new Usage(subject, feature, 1, null, Map.of()))
                    .use()
                    .counter()
                    .used();
        } catch (QuotaUnavailableException | OutcomeUnknownException e) {
            return -1;
        }
    }

    /** Gives a feature of a plan another limit. */
    public Ending changePlan(String key, String code, String feature, long units) {
        return run(CallKind.PLAN_CHANGE, key, null, List.of(new Item(code, feature, units)), () -> {
            Plan plan = guard.plans().get(code).orElseThrow();
            Plan changed = plan.edit()
                    .replace(plan.feature(feature).orElseThrow().limit(units))
                    .build();
            Plan saved = guard.plans().update(changed, Change.by("torture").key(key));
            Answer answer = new Answer(code, feature, units, null, Limit.of(units), 0, 0, null, code, saved.version());
            return new Result(Ending.OK, key, false, Instant.EPOCH, List.of(answer));
        });
    }

    /** What is in a caller's hands of a hold. */
    public static final class Held {
        @Nullable
        Reservation reservation;
    }

    private Ending run(CallKind kind, String key, @Nullable String target, List<Item> items, Supplier<Result> work) {
        long number = history.invoked(kind, key, target, items);
        Result result;
        try {
            result = work.get();
        } catch (IdempotencyConflictException e) {
            result = Result.of(Ending.CONFLICT, key);
        } catch (QuotaUnavailableException e) {
            result = isDefect(e) ? broken(key, e) : Result.of(Ending.UNAVAILABLE, key);
        } catch (OutcomeUnknownException e) {
            // Of a leased use the one that was made for it.
            String known = Objects.requireNonNull(e.key());
            result = isDefect(e) ? broken(known, e) : Result.of(Ending.UNKNOWN, known);
        } catch (ReservationSettledException | InvalidQuotaArgumentException | PlanConflictException e) {
            result = Result.of(Ending.REJECTED, key);
        } catch (RuntimeException | Error e) {
            result = broken(key, e);
        }
        history.ended(
                number,
                new Call.End(
                        System.nanoTime(),
                        result.ending(),
                        key.isEmpty() ? result.key() : key,
                        result.replayed(),
                        ChronoUnit.MICROS.between(Instant.EPOCH, result.until()),
                        result.answers()));
        calls.incrementAndGet();
        return result.ending();
    }

    /** One defect shows again and again; the first stacks are enough. */
    private Result broken(String key, Throwable thrown) {
        if (broken.incrementAndGet() <= MOST_STACKS) {
            log.error("key {}: thrown at a caller", key, thrown);
        }
        return Result.of(Ending.BROKEN, key);
    }

    /** A guard tells as unknown also what a store threw by mistake; no fault of a server or a network makes these. */
    private static boolean isDefect(QuotaException told) {
        for (Throwable next = told.getCause(); next != null; next = next.getCause()) {
            Throwable cause = next;
            if (DEFECTS.stream().anyMatch(defect -> defect.isInstance(cause))) {
                return true;
            }
        }
        return false;
    }

    private static Usage usage(Item item) {
        return new Usage(item.subject(), item.feature(), item.amount(), null, Map.of());
    }
}
