package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.escape;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.HeldUnits.HeldLine;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ReservationSettledException;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.Usage;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Window;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes reservations, and finds them again. Thread-safe. */
final class ReservationDesk {
    /** The longest time to live: well within the time for which keys are kept (R10). */
    static final Duration MAX_TTL = Duration.ofDays(30);

    private final QuotaStore store;
    private final Entitlements entitlements;
    private final CallRunner runner;
    private final Duration timeout;

    ReservationDesk(QuotaStore store, Entitlements entitlements, CallRunner runner, Duration timeout) {
        this.store = store;
        this.entitlements = entitlements;
        this.runner = runner;
        this.timeout = timeout;
    }

    static Duration requireTtl(@Nullable Duration ttl) {
        Duration given = InvalidQuotaArgumentException.required("time to live", ttl);
        if (given.compareTo(Duration.ofNanos(1000)) < 0 || given.compareTo(MAX_TTL) > 0) {
            throw InvalidQuotaArgumentException.of(
                    "R34", "time to live", given, "is not positive and at most " + MAX_TTL);
        }
        return given.truncatedTo(ChronoUnit.MICROS);
    }

    Reservation reserve(Usage usage, Duration ttl) {
        Charge.Item item = Charge.Item.of(usage);
        Charge call =
                new Charge(Operation.HOLD, Call.Key.of(usage.key()), List.of(item), usage.metadata(), requireTtl(ttl));
        Answer answer;
        try {
            answer = runner.run(call, Deadline.after(timeout));
        } catch (QuotaUnavailableException e) {
            return withoutStore(usage.key(call.key().text()), ttl).orElseThrow(() -> e);
        }
        UUID id = KeyIdentity.of(usage.subject(), usage.feature(), call.key().text());
        if (!answer.decision().allowed()) {
            return new Reservation(new Refused(id), answer.decision(), runner.storeTime());
        }
        List<HeldLine> lines = answer.replayed() ? stillOpen(id).lines() : lines(answer.decision());
        Held held = new Held(new HeldUse(id, call.key().text(), usage.amount(), lines));
        return new Reservation(held, answer.decision(), end(answer));
    }

    Optional<Reservation> find(String id) {
        UUID uuid = parse(id);
        return store.ledger().reservation(uuid, Deadline.after(timeout)).map(this::resumed);
    }

    private static UUID parse(@Nullable String id) {
        try {
            return UUID.fromString(InvalidQuotaArgumentException.required("id of a reservation", id));
        } catch (IllegalArgumentException e) {
            throw InvalidQuotaArgumentException.of(
                    "R34", "id of a reservation", String.valueOf(id), "is not one that a reservation has");
        }
    }

    private Reservation resumed(HeldUnits found) {
        HeldLine use = found.lines().get(0);
        // What was decided then is not kept with the hold; how things stand is read.
        Charge look = Charge.look(use.subject(), use.feature());
        Verdict now = runner.run(look, Deadline.after(timeout)).decision().use();
        Verdict held = new Verdict(
                now.subject(),
                now.feature(),
                found.units(),
                null,
                now.limit(),
                now.counter(),
                use.window(),
                now.source(),
                0,
                null,
                null);
        Held settling = new Held(new HeldUse(found.id(), found.key(), found.units(), found.lines()));
        return new Reservation(settling, new Decision(List.of(held), found.key(), true, false), found.expiresAt());
    }

    /** What ended without a charge holds nothing: to say so now is better than when the work is done. */
    private HeldUnits stillOpen(UUID id) {
        HeldUnits found = store.ledger()
                .reservation(id, Deadline.after(timeout))
                .orElseThrow(() -> new IllegalStateException("store " + store.name() + " lost reservation " + id));
        if (found.state() == ReservationState.RELEASED || found.state() == ReservationState.EXPIRED) {
            throw new ReservationSettledException(
                    "key " + escape(found.key()) + " stands for a reservation that is " + found.state()
                            + " for good; work that is tried anew takes a new key (R35)",
                    found.state(),
                    found.key(),
                    store.name());
        }
        return found;
    }

    private static List<HeldLine> lines(Decision decision) {
        List<HeldLine> lines = new ArrayList<>();
        for (Verdict verdict : decision.verdicts()) {
            Window window = verdict.window();
            if (window == null) {
                throw new IllegalStateException("a line that was held has a window");
            }
            lines.add(new HeldLine(verdict.subject(), verdict.feature(), window, verdict.origin()));
        }
        lines.sort(Comparator.comparing(line -> line.origin() != null));
        return lines;
    }

    private static Instant end(Answer answer) {
        Instant end = answer.heldUntil();
        if (end == null) {
            throw new IllegalStateException("what is held has an end");
        }
        return end;
    }

    /** A feature that fails open is held by nobody while the store is away, and charged by its commit (R43). */
    private Optional<Reservation> withoutStore(Usage usage, Duration ttl) {
        Instant now = runner.storeTime();
        return entitlements
                .lastKnown(usage.subject(), usage.feature(), usage.amount(), now)
                .filter(Entitlements.Use::opens)
                .map(known -> {
                    List<Verdict> verdicts = known.lines().stream()
                            .map(line -> line.verdict(null, Counter.ZERO, 0, 0, null))
                            .toList();
                    Decision degraded = new Decision(verdicts, String.valueOf(usage.key()), false, true);
                    return new Reservation(new WithoutStore(usage), degraded, now.plus(ttl));
                });
    }

    /** What a hold is known by. */
    private record HeldUse(UUID id, String key, long units, List<HeldLine> lines) {}

    /** Held by the store. */
    private final class Held implements Reservation.Settling {
        private final HeldUse use;

        Held(HeldUse use) {
            this.use = use;
        }

        @Override
        public String id() {
            return use.id().toString();
        }

        @Override
        public long units() {
            return use.units();
        }

        @Override
        public Decision commit(long units, boolean allowingMore) {
            return settle(allowingMore ? Operation.COMMIT_MORE : Operation.COMMIT, units, null)
                    .decision();
        }

        @Override
        public void release() {
            settle(Operation.RELEASE, 0, null);
        }

        @Override
        public Instant extend(Duration ttl) {
            return end(settle(Operation.EXTEND, 0, requireTtl(ttl)));
        }

        private Answer settle(Operation operation, long units, @Nullable Duration ttl) {
            Settlement call = new Settlement(
                    operation, new Call.Key(use.key(), false), units, use.lines(), Map.of(), new Target(use.id(), ttl));
            return runner.run(call, Deadline.after(timeout));
        }
    }

    /** Refused, so that nothing is held; the reservation itself does not get here. */
    private record Refused(UUID uuid) implements Reservation.Settling {
        @Override
        public String id() {
            return uuid.toString();
        }

        @Override
        public long units() {
            return 1;
        }

        @Override
        public Decision commit(long units, boolean allowingMore) {
            throw new IllegalStateException("nothing is held");
        }

        @Override
        public void release() {
            throw new IllegalStateException("nothing is held");
        }

        @Override
        public Instant extend(Duration ttl) {
            throw new IllegalStateException("nothing is held");
        }
    }

    /** Held by nobody: its commit is a use like any other. */
    private final class WithoutStore implements Reservation.Settling {
        private final Usage usage;

        WithoutStore(Usage usage) {
            this.usage = usage;
        }

        @Override
        public String id() {
            return KeyIdentity.of(usage.subject(), usage.feature(), String.valueOf(usage.key()))
                    .toString();
        }

        @Override
        public long units() {
            return usage.amount();
        }

        @Override
        public Decision commit(long units, boolean allowingMore) {
            return runner.run(Charge.of(Operation.RECORD, usage.amount(units)), Deadline.after(timeout))
                    .decision();
        }

        @Override
        public void release() {
            // Nobody holds it.
        }

        @Override
        public Instant extend(Duration ttl) {
            return runner.storeTime().plus(requireTtl(ttl));
        }
    }
}
