package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.redis.PlainUse.HeldUp;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries out lists of commands: what scripts decide in one script for each shard, all sent before any is waited for; the rest
 * in its place among them. Thread-safe.
 */
final class Executor {
    /**
     * So often a use is sent together with others that were decided meanwhile: enough to begin its shard, and to read the revisions
     * of its plan. What takes longer is somebody else's change.
     */
    private static final int SENT_TOGETHER = 5;

    private final RedisLink link;
    private final Scripts scripts;
    private final Shards shards;
    private final Decider decider;
    private final LedgerWay ledgerWay;
    private final Drainer drainer;
    private final Subjects subjects;
    private final Turns turns;
    private final Fences fences;
    private final Replicas replicas;
    private final LearnedClock clock;
    private final Settings settings;

    /**
     * @param keep how long a key is known after its window's end
     * @param mostWaiting how many entries of a shard may wait for the ledger
     */
    record Settings(Duration keep, long mostWaiting) {}

    Executor(
            RedisLink link,
            Scripts scripts,
            Shards shards,
            Decider decider,
            LedgerWay ledgerWay,
            Drainer drainer,
            Subjects subjects,
            Turns turns,
            Fences fences,
            Replicas replicas,
            LearnedClock clock,
            Settings settings) {
        this.link = link;
        this.scripts = scripts;
        this.shards = shards;
        this.decider = decider;
        this.ledgerWay = ledgerWay;
        this.drainer = drainer;
        this.subjects = subjects;
        this.turns = turns;
        this.fences = fences;
        this.replicas = replicas;
        this.clock = clock;
        this.settings = settings;
    }

    List<Outcome> execute(List<Command> commands, Deadline deadline) {
        @Nullable Outcome[] outcomes = new Outcome[commands.size()];
        Map<Integer, PlainUse> uses = new LinkedHashMap<>();
        AlertWait alerts = new AlertWait(drainer, deadline);
        for (int i = 0; i < commands.size(); i++) {
            PlainUse use = PlainUse.of(commands.get(i), shards);
            if (use != null) {
                uses.put(i, use);
                continue;
            }
            // It comes after what stands before it in the list, and before what stands behind it.
            decide(uses, outcomes, alerts, deadline);
            outcomes[i] = leave(commands.get(i), deadline);
        }
        decide(uses, outcomes, alerts, deadline);
        return Arrays.stream(outcomes).map(Executor::decided).toList();
    }

    private static Outcome decided(@Nullable Outcome outcome) {
        if (outcome == null) {
            throw new IllegalStateException("a command was left without an outcome");
        }
        return outcome;
    }

    private Outcome leave(Command command, Deadline deadline) {
        try {
            return ledgerWay.execute(command, deadline);
        } catch (RedisFault e) {
            // Nothing is carried out before Redis has answered.
            return new Outcome.Unavailable(e.unavailable(command.key()), true);
        } catch (QuotaException e) {
            return new Outcome.Unavailable(e, true);
        }
    }

    /** Decides the uses, round by round until each has its outcome, and takes them off the map. */
    private void decide(
            Map<Integer, PlainUse> uses, @Nullable Outcome[] outcomes, AlertWait alerts, Deadline deadline) {
        int all = uses.size();
        Deadline patience = deadline.isShared() ? Deadline.after(Duration.ofMillis(deadline.lockMillis())) : deadline;
        for (int sent = 0; !uses.isEmpty(); sent++) {
            if (deadline.hasPassed()) {
                leaveAll(uses, outcomes, Undecided::timedOut);
                return;
            }
            boolean keepsOthers = uses.size() < all && (sent >= SENT_TOGETHER || isHeldUp(uses));
            if (deadline.isShared() && (keepsOthers || patience.hasPassed())) {
                // Others wait for this list, and those that are decided need not wait for these, which may go by
                // themselves.
                leaveAll(uses, outcomes, Undecided::heldUp);
                return;
            }
            // No turn is held any more when something is seen to behind, which may take one.
            boolean waits = false;
            boolean sawToSomething = false;
            Replicas.Round round = replicas.round();
            Decider.Readings readings = new Decider.Readings();
            for (Map.Entry<Integer, ChargeAnswer> each :
                    inTurn(uses, outcomes, round, patience, deadline).entrySet()) {
                PlainUse use = use(uses, each.getKey());
                ChargeAnswer answer = each.getValue();
                boolean goesAlone = answer.kind() == ChargeAnswer.Kind.LEDGER && deadline.isShared() && all > 1;
                Outcome outcome =
                        goesAlone ? Undecided.heldUp(use.command()) : decider.outcome(use, answer, readings, deadline);
                waits |= answer.kind() == ChargeAnswer.Kind.WAIT;
                sawToSomething |= answer.kind() == ChargeAnswer.Kind.LEDGER
                        || (outcome == null && answer.kind() != ChargeAnswer.Kind.WAIT);
                outcomes[each.getKey()] = outcome == null ? null : told(outcome, use, answer, alerts);
            }
            round.await(outcomes, deadline);
            uses.keySet().removeIf(place -> outcomes[place] != null);
            if (waits && !sawToSomething) {
                Fences.pause(deadline);
            }
        }
    }

    private static boolean isHeldUp(Map<Integer, PlainUse> uses) {
        return uses.values().stream().anyMatch(use -> use.heldUp() != null);
    }

    private static void leaveAll(
            Map<Integer, PlainUse> uses, @Nullable Outcome[] outcomes, Function<Command, Outcome> outcome) {
        uses.forEach((place, use) -> outcomes[place] = outcome.apply(use.command()));
        uses.clear();
    }

    /** Sends the uses; those that were held up share a turn, lest their subjects are changed again before they are decided. */
    private Map<Integer, ChargeAnswer> inTurn(
            Map<Integer, PlainUse> uses,
            @Nullable Outcome[] outcomes,
            Replicas.Round round,
            Deadline patience,
            Deadline deadline) {
        Map<HeldUp, List<Integer>> heldUp = new LinkedHashMap<>();
        uses.forEach((place, use) -> {
            if (use.heldUp() != null) {
                heldUp.computeIfAbsent(use.heldUp(), by -> new ArrayList<>()).add(place);
            }
        });
        if (heldUp.isEmpty()) {
            return send(uses, outcomes, round, deadline);
        }
        Turns.Turn turn;
        try {
            turn = turns.share(heldUp.keySet().stream().map(HeldUp::subject).toList(), patience);
        } catch (QuotaUnavailableException e) {
            if (Thread.currentThread().isInterrupted()) {
                // No turn comes to a thread that is told to end, and asking again and again would not wait in between.
                leaveAll(uses, outcomes, Undecided::interrupted);
            }
            return Map.of();
        }
        try {
            heldUp.forEach((by, places) -> load(by, places, uses, outcomes, patience));
            uses.keySet().removeIf(place -> outcomes[place] != null);
            // What nobody can wait for any more is not sent: nothing has been recorded yet.
            return deadline.hasPassed() ? Map.of() : send(uses, outcomes, round, deadline);
        } finally {
            turn.close();
        }
    }

    private void load(
            HeldUp by,
            List<Integer> places,
            Map<Integer, PlainUse> uses,
            @Nullable Outcome[] outcomes,
            Deadline deadline) {
        try {
            subjects.load(by, deadline);
        } catch (RedisFault e) {
            places.forEach(place -> outcomes[place] = new Outcome.Unavailable(
                    e.unavailable(use(uses, place).command().key()), true));
        } catch (QuotaException e) {
            places.forEach(place -> outcomes[place] = new Outcome.Unavailable(e, true));
        }
    }

    /** Sends all the uses, one script for each shard, and returns what was answered. */
    private Map<Integer, ChargeAnswer> send(
            Map<Integer, PlainUse> uses, @Nullable Outcome[] outcomes, Replicas.Round round, Deadline deadline) {
        Instant sentAt = clock.sending();
        Map<Integer, List<Integer>> byShard = new LinkedHashMap<>();
        uses.forEach((place, use) -> {
            byShard.computeIfAbsent(use.shard(), shard -> new ArrayList<>()).add(place);
            use.isSent();
        });
        Map<List<Integer>, CompletionStage<List<Object>>> sent = new LinkedHashMap<>();
        byShard.forEach((shard, places) -> sent.put(places, send(shard, places, uses)));
        Map<Integer, ChargeAnswer> answers = new LinkedHashMap<>();
        sent.forEach((places, answer) -> {
            try {
                List<Object> told = RedisLink.await(answer, deadline);
                String lineage = Ascii.text(told.get(places.size()));
                fences.seen(use(uses, places.get(0)).shard(), lineage);
                for (int i = 0; i < places.size(); i++) {
                    ChargeAnswer read = ChargeAnswer.read(told.get(i));
                    PlainUse use = use(uses, places.get(i));
                    answers.put(places.get(i), read);
                    if (read.isKept(use.command().operation())) {
                        round.add(places.get(i), use.shard(), lineage);
                    }
                }
                clock.observe(sentAt, ChargeAnswer.read(told.get(0)).now());
            } catch (RedisFault e) {
                link.lookAround(e);
                places.forEach(place ->
                        outcomes[place] = Undecided.fault(use(uses, place).command(), e));
            }
        });
        uses.keySet().removeIf(place -> outcomes[place] != null);
        return answers;
    }

    private CompletionStage<List<Object>> send(int shard, List<Integer> places, Map<Integer, PlainUse> uses) {
        List<String> keys = new ArrayList<>(List.of(shards.shardKey(shard), shards.streamKey(shard)));
        List<byte[]> arguments = new ArrayList<>(List.of(
                Ascii.of(places.size()),
                Ascii.of(settings.mostWaiting()),
                Ascii.of(settings.keep().toMillis())));
        for (int place : places) {
            PlainUse use = use(uses, place);
            keys.addAll(use.keys());
            arguments.addAll(use.arguments());
        }
        return link.run(
                scripts.charge, ScriptOutputType.MULTI, keys.toArray(String[]::new), arguments.toArray(byte[][]::new));
    }

    private static PlainUse use(Map<Integer, PlainUse> uses, int place) {
        PlainUse use = uses.get(place);
        if (use == null) {
            throw new IllegalStateException("command " + place + " has its outcome");
        }
        return use;
    }

    /** Returns the outcome with the alerts that it fired: these are decided where they are kept. */
    private Outcome told(Outcome outcome, PlainUse use, ChargeAnswer answer, AlertWait alerts) {
        boolean charged = answer.kind() == ChargeAnswer.Kind.ACCEPTED
                && answer.isKept(use.command().operation());
        if (!charged || !(outcome instanceof Outcome.Accepted accepted)) {
            return outcome;
        } else if (!Verdicts.crosses(accepted, use.command())) {
            drainer.wake(use.shard());
            return accepted;
        }
        return new Outcome.Accepted(accepted.verdicts(), false, alerts.of(use.shard(), answer.entry()));
    }
}
