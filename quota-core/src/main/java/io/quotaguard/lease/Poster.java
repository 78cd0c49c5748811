package io.quotaguard.lease;

import io.quotaguard.lease.Unposted.Posting;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what was spent from slices, and gives back slices that are idle, over, or of terms that have changed: one thread, which
 * sleeps while there are none. Thread-safe.
 */
final class Poster implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Poster.class);

    /** How often the leases that have a slice are looked at. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private final Leases leases;
    private final Context context;
    private final Set<Lease> active = new ConcurrentSkipListSet<>(Lease.BY_AGE);
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean closing;
    private volatile long closeBy;

    Poster(Leases leases, Context context) {
        this.leases = leases;
        this.context = context;
        this.thread = context.posters().newThread(this);
        thread.setName("quota-leases");
        thread.setDaemon(true);
    }

    void start() {
        if (!started.get() && started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    void add(Lease lease) {
        active.add(lease);
        wake();
    }

    void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        long sweepAt = System.nanoTime() + SWEEP_NANOS;
        while (!closing) {
            boolean stuck = !turn(false);
            if (System.nanoTime() - sweepAt >= 0) {
                leases.sweep();
                sweepAt = System.nanoTime() + SWEEP_NANOS;
            }
            rest(stuck);
        }
        while (!turn(true) && System.nanoTime() - closeBy < 0) {
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private void rest(boolean stuck) {
        woken.set(false);
        if (stuck) {
            long end = System.nanoTime() + RETRY_NANOS;
            while (!closing && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        } else if (!closing) {
            // Asked once more: while a turn waited for the store or a lock, it may have taken the wake-up of close.
            LockSupport.parkNanos(active.isEmpty() ? SWEEP_NANOS : TICK_NANOS);
        }
    }

    /** Looks at every lease that has something; returns false when the store could not be asked. */
    boolean turn(boolean returning) {
        boolean done = true;
        for (Lease lease : List.copyOf(active)) {
            try {
                lease.look(returning);
                done &= post(lease);
                done &= !returning || lease.isQuiet();
                forgetIfQuiet(lease);
            } catch (RuntimeException | Error e) {
                // Without this thread nothing would be posted any more.
                LOG.error("a lease could not be looked after; trying again", e);
                done = false;
            }
        }
        return done;
    }

    private void forgetIfQuiet(Lease lease) {
        if (lease.isQuiet()) {
            active.remove(lease);
            // Between the two it may have taken a slice.
            if (!lease.isQuiet()) {
                active.add(lease);
            }
        }
    }

    private boolean post(Lease lease) {
        Unposted unposted = lease.unposted();
        for (Posting posting = unposted.next(); posting != null; posting = unposted.next()) {
            Command command = command(posting);
            Outcome outcome = context.trips().execute(command, Deadline.after(context.timeout()));
            if (outcome instanceof Outcome.Unavailable || outcome instanceof Outcome.Unknown) {
                return false;
            }
            if (outcome instanceof Outcome.Accepted accepted) {
                lease.sizing().learn(accepted.verdicts().get(0), leases.now());
                if (accepted.replayed() || !accepted.alerts().isEmpty()) {
                    context.alertsFired().run();
                }
            } else {
                LOG.error(
                        "{} uses of a slice of {} cannot be posted, and are not counted: {}",
                        posting.spending().uses().size(),
                        lease.feature(),
                        outcome);
            }
            unposted.posted(posting);
        }
        return true;
    }

    private static Command command(Posting posting) {
        Slice.Hold hold = posting.hold();
        return new Command(
                Operation.SPEND,
                hold.key(),
                List.of(hold.line().withAmount(posting.spending().units())),
                Map.of(),
                Target.of(hold.id(), posting.spending()));
    }

    @Override
    public void close() {
        Duration longest = context.timeout().multipliedBy(2);
        longest = longest.compareTo(LONGEST_CLOSE) > 0 ? LONGEST_CLOSE : longest;
        closeBy = System.nanoTime() + longest.toNanos();
        closing = true;
        LockSupport.unpark(thread);
        if (!started.get()) {
            return;
        }
        long millis = longest.toMillis() + context.timeout().toMillis() + 1;
        // An interrupt ends no close: what was allowed is posted first.
        Deadline.after(Duration.ofMillis(Math.min(millis, Deadline.MAX.toMillis())))
                .awaitEnd(thread);
        int uses = active.stream().mapToInt(lease -> lease.unposted().uses()).sum();
        if (uses > 0) {
            LOG.error("{} uses of slices could not be posted before close; they are not counted", uses);
        }
    }
}
