package io.quotaguard.torture;

import static io.quotaguard.torture.PlantedStore.once;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Outcome.Accepted;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.torture.check.Allowances;
import io.quotaguard.torture.check.Allowances.Loss;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Decides in front of a store and posts some uses later, as Redis does; and loses a few times what it had not posted, and says
 * so. It may have a bug in how it does. Thread-safe: one call at a time.
 */
final class Loser implements PlantedStore.Bug {
    /** So many uses gather before they are posted, or lost. */
    private static final int GATHERED = 6;

    private static final int USES_BETWEEN_LOSSES = 70;
    private static final int LOSSES = 5;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final InMemoryQuotaStore ledger;
    private final Fault fault;
    private final Map<String, Front> front = new LinkedHashMap<>();
    private final Map<String, Long> frontUnits = new HashMap<>();
    private final Set<String> posted = new HashSet<>();
    private final List<Loss> losses = new ArrayList<>();
    private int uses;
    private int gatherings;

    /** What is wrong with it. */
    enum Fault {
        NONE,
        /** It loses uses when nothing happened to it. */
        LOSES_AT_ANY_TIME,
        /** Of a use over several lines it loses some. */
        LOSES_HALF_A_USE,
        /** What it posts last outlives what it had to post first. */
        LOSES_THE_OLDEST,
        /** It loses what it knew of keys that the ledger has. */
        FORGETS_KEYS_OF_THE_LEDGER,
        /** After a loss it does not ask the ledger what is used. */
        FORGETS_COUNTERS_OF_THE_LEDGER,
        /** What was lost goes on to count. */
        COUNTS_WHAT_IS_LOST
    }

    /** A use that was decided, and is not in the ledger. */
    private record Front(Decided use, Accepted answer) {}

    Loser(InMemoryQuotaStore ledger, Fault fault) {
        this.ledger = ledger;
        this.fault = fault;
    }

    /** Posts what is left, and tells when it lost what. */
    synchronized Allowances atRest() {
        post(Deadline.after(PATIENCE));
        return new Allowances(Set.of(), 0, List.copyOf(losses));
    }

    @Override
    public synchronized Outcome execute(Command command, QuotaStore store, Deadline deadline) {
        Front known = front.get(command.key());
        boolean again = known != null
                && command.operation() == Operation.RECORD
                && known.use().command().fingerprint().equals(command.fingerprint());
        if (known != null && again) {
            return new Accepted(known.answer().verdicts(), true, List.of());
        }
        boolean forgotten =
                fault == Fault.FORGETS_KEYS_OF_THE_LEDGER && !losses.isEmpty() && posted.contains(command.key());
        if (command.operation() == Operation.RECORD && forgotten) {
            post(deadline);
            return once(ledger, Bugs.otherKey(command), deadline);
        }
        if (known != null || command.operation() != Operation.RECORD || posted.contains(command.key())) {
            post(deadline);
            return once(ledger, command, deadline);
        }
        return decide(command, deadline);
    }

    private Outcome decide(Command command, Deadline deadline) {
        boolean blind = fault == Fault.FORGETS_COUNTERS_OF_THE_LEDGER && !losses.isEmpty();
        Command asked = Bugs.lines(command, line -> {
            Line more = line.withAmount(line.amount() + units(line));
            return blind ? Bugs.unlimited(more) : more;
        });
        // Before it is decided: a moment later its window may have ended.
        Instant at = ledger.clock().instant().truncatedTo(ChronoUnit.MICROS);
        Outcome outcome = once(ledger, Bugs.as(Operation.CHECK, asked), deadline);
        if (!(outcome instanceof Accepted checked)) {
            return outcome instanceof Outcome.Refused refused
                    ? new Outcome.Refused(told(command, refused.verdicts(), 0))
                    : outcome;
        }
        Accepted answer = new Accepted(told(command, checked.verdicts(), 1), false, List.of());
        Decided use = new Decided(command, at);
        front.put(command.key(), new Front(use, answer));
        command.lines().forEach(line -> frontUnits.merge(pair(line), line.amount(), Long::sum));
        uses++;
        if (front.size() >= GATHERED) {
            gathered(deadline);
        }
        return answer;
    }

    /** What a caller is told counts what is in front of the ledger as well. */
    private List<Verdict> told(Command command, List<Verdict> verdicts, int charged) {
        List<Verdict> told = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            Line line = command.lines().get(i);
            Verdict found = verdicts.get(i);
            long used = found.counter().used() + units(line) + charged * line.amount();
            told.add(Bugs.verdict(
                    found, found.refusal(), new Counter(used, found.counter().held()), line.amount()));
        }
        return told;
    }

    private void gathered(Deadline deadline) {
        gatherings++;
        boolean due = losses.size() < LOSSES && uses >= USES_BETWEEN_LOSSES * (losses.size() + 1);
        if (due && wouldShow()) {
            if (fault == Fault.LOSES_THE_OLDEST) {
                // What was gathered is older than the loss, by more than the clocks are apart.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            long from = System.nanoTime();
            lose(deadline);
            losses.add(new Loss(from, System.nanoTime()));
        } else if (fault == Fault.LOSES_AT_ANY_TIME && losses.size() == LOSSES && gatherings % 2 == 0) {
            lose(deadline);
        } else {
            post(deadline);
        }
    }

    /** Tells whether the fault can be seen at all in what would be lost now. */
    private boolean wouldShow() {
        return switch (fault) {
            case LOSES_HALF_A_USE ->
                front.values().stream()
                        .anyMatch(each -> each.use().command().lines().size() > 1);
            case LOSES_THE_OLDEST -> {
                Set<String> oldest = pairs(front.values().iterator().next());
                yield front.values().stream().skip(1).anyMatch(each -> !Collections.disjoint(oldest, pairs(each)));
            }
            default -> true;
        };
    }

    private static Set<String> pairs(Front front) {
        return front.use().command().lines().stream().map(Loser::pair).collect(Collectors.toSet());
    }

    private void lose(Deadline deadline) {
        if (fault == Fault.LOSES_HALF_A_USE) {
            front.values().stream()
                    .map(Front::use)
                    .filter(use -> use.command().lines().size() > 1)
                    .map(use -> new Decided(
                            use.command().withLines(use.command().lines().subList(0, 1)), use.at()))
                    .forEach(use -> ledger.post(List.of(use), deadline));
        }
        if (fault == Fault.LOSES_THE_OLDEST) {
            front.values().stream().skip(1).map(Front::use).forEach(use -> {
                ledger.post(List.of(use), deadline);
                posted.add(use.command().key());
            });
        }
        front.clear();
        if (fault != Fault.COUNTS_WHAT_IS_LOST) {
            frontUnits.clear();
        }
    }

    private void post(Deadline deadline) {
        for (Front each : front.values()) {
            ledger.post(List.of(each.use()), deadline);
            posted.add(each.use().command().key());
            each.use().command().lines().forEach(line -> frontUnits.merge(pair(line), -line.amount(), Long::sum));
        }
        front.clear();
    }

    private long units(Line line) {
        return frontUnits.getOrDefault(pair(line), 0L);
    }

    private static String pair(Line line) {
        return line.subject() + "/" + line.feature() + "/" + line.terms().window();
    }
}
