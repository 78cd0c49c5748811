package io.quotaguard;

import io.quotaguard.lease.Context;
import io.quotaguard.lease.Leases;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Takes calls to their end: resolve near, let the store verify and decide, and try again while that helps and time is left
 * (R25, R43, R45). Thread-safe.
 */
final class CallRunner implements Runner, AutoCloseable {
    /** How many independent calls go to the store in one round trip. */
    static final int MAX_TOGETHER = 500;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final QuotaStore store;
    private final Coalescer coalescer;
    private final Entitlements entitlements;
    private final DegradedJournal journal;
    private final Tally tally;
    private final Runnable alertsFired;
    private final LongConsumer parkNanos;
    private final LongUnaryOperator jitter;

    /** Null when no feature is leased. */
    private final @Nullable Leases leases;

    private final @Nullable LeasedCalls leasedCalls;

    CallRunner(
            QuotaGuardBuilder options,
            Entitlements entitlements,
            DegradedJournal journal,
            Tally tally,
            Runnable alertsFired) {
        this.store = options.store;
        // A store in the same process has no round trips to share.
        this.coalescer = new Coalescer(store, store.capabilities().shared() ? options.coalescing : Coalescing.OFF);
        this.entitlements = entitlements;
        this.journal = journal;
        this.tally = tally;
        this.alertsFired = alertsFired;
        this.parkNanos = options.parkNanos;
        this.jitter = options.jitter;
        this.leases = options.leased.isEmpty() ? null : leases(options);
        this.leasedCalls = leases == null ? null : new LeasedCalls(leases, tally, parkNanos);
    }

    private Leases leases(QuotaGuardBuilder options) {
        Context context = new Context(
                coalescer::execute,
                store.clock(),
                entitlements,
                KeyGenerator::next,
                alertsFired,
                options.nanoTime,
                options.posters,
                options.timeout);
        return new Leases(options.leased, context);
    }

    /** Tells whether the store has short ways. */
    boolean hasTills() {
        return store instanceof LocalStore;
    }

    /** Returns the short way to one subject's use of one feature, if the store has any; what is leased goes another. */
    LocalStore.@Nullable Till till(String subject, String feature) {
        boolean leased = leases != null && leases.covers(feature);
        return !leased && store instanceof LocalStore local ? local.till(subject, feature) : null;
    }

    /** Takes one call to its end. */
    Answer run(Call call, Deadline deadline) {
        LeasedCalls leased = leasedCalls;
        return leased != null && call instanceof Charge charge && leased.cover(charge)
                ? leased.run(charge, this, deadline)
                : straight(call, deadline);
    }

    /** Takes one call to its end by asking the store. */
    Answer straight(Call call, Deadline deadline) {
        CallRun run = new CallRun(call, this, deadline);
        while (!run.hasEnded()) {
            int faults = run.faults();
            Command command = run.prepare();
            if (command != null) {
                run.take(coalescer.execute(command, deadline));
            }
            if (!run.hasEnded() && run.faults() > faults) {
                pause(run.faults());
            }
        }
        return run.answer();
    }

    /** Takes many independent calls to their ends, many in each round trip; each ends for itself (R11). */
    List<CallRun> runEach(List<? extends Call> calls, Deadline deadline) {
        List<CallRun> runs = new ArrayList<>(calls.size());
        calls.forEach(call -> runs.add(new CallRun(call, this, deadline)));
        List<CallRun> open = runs;
        while (!open.isEmpty()) {
            int faults = 0;
            for (int from = 0; from < open.size(); from += MAX_TOGETHER) {
                faults = Math.max(
                        faults, send(open.subList(from, Math.min(open.size(), from + MAX_TOGETHER)), deadline));
            }
            open = open.stream().filter(run -> !run.hasEnded()).toList();
            if (faults > 0 && !open.isEmpty()) {
                pause(faults);
            }
        }
        return runs;
    }

    /** Sends what these runs have to send now; returns the most faults that one of them met. */
    private int send(List<CallRun> together, Deadline deadline) {
        List<CallRun> sent = new ArrayList<>(together.size());
        List<Command> commands = new ArrayList<>(together.size());
        int faults = 0;
        for (CallRun run : together) {
            Command command = run.prepare();
            if (command != null) {
                sent.add(run);
                commands.add(command);
            }
        }
        List<Outcome> outcomes = commands.isEmpty() ? List.of() : coalescer.execute(commands, deadline);
        for (int i = 0; i < sent.size(); i++) {
            sent.get(i).take(outcomes.get(i));
        }
        for (CallRun run : together) {
            faults = Math.max(faults, run.hasEnded() ? 0 : run.faults());
        }
        return faults;
    }

    @Override
    public boolean canPause(int faults, Deadline deadline) {
        return deadline.remaining().toNanos() > longestPause(faults)
                && !Thread.currentThread().isInterrupted();
    }

    /** Waits a little longer with each fault, with jitter. */
    private void pause(int faults) {
        long longest = longestPause(faults);
        parkNanos.accept(longest / 2 + jitter.applyAsLong(longest / 2));
    }

    private static long longestPause(int faults) {
        return FIRST_PAUSE_NANOS << (2 * (faults - 1));
    }

    @Override
    public Entitlements entitlements() {
        return entitlements;
    }

    @Override
    public boolean keep(Command posted) {
        return journal.add(posted);
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public void alertsFired() {
        alertsFired.run();
    }

    @Override
    public String storeName() {
        return store.name();
    }

    @Override
    public Instant storeTime() {
        return store.clock().instant();
    }

    /** Posts what was spent from slices, and lets what waits be carried out. */
    @Override
    public void close() {
        if (leases != null) {
            leases.close();
        }
        coalescer.close();
    }
}
