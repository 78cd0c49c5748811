package io.quotaguard.testing;

import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A store that fails, delays or loses its answers on demand: for the next calls, from now on, or at random by a seed.
 * Thread-safe.
 *
 * <p>But for {@link Fault#BROKEN} it keeps a store's promises while it fails: it answers before the deadline, and says honestly whether the commands
 * may have been carried out.
 */
public final class FaultyStore extends DelegatingStore {
    /** What a guard's own thread calls whenever it likes: it must not use up the faults that a test has planned. */
    private static final Set<String> WATCHED = Set.of("changes", "onHint");

    private final Deque<Fault> next = new ArrayDeque<>();
    private @Nullable Fault standing;
    private @Nullable Random random;
    private double rate;
    private Duration delay = Duration.ZERO;
    private int readFaults;
    private int executions;

    /** What goes wrong. */
    public enum Fault {
        /** Nothing is carried out, and trying again may help. */
        UNAVAILABLE,
        /** Nothing is carried out, and trying again does not help. */
        UNAVAILABLE_FOR_GOOD,
        /** Everything is carried out, and the answer is lost. */
        REPLY_LOST,
        /** Nothing is carried out, and the answer looks like one that was lost. */
        REQUEST_LOST,
        /** Everything is carried out after the delay, if the deadline leaves time for it. */
        DELAYED,
        /** No answer comes before the deadline; nothing is carried out. */
        HANGING,
        /** Everything is carried out, and then it throws, which no store may. */
        BROKEN
    }

    /** Returns {@code inner}, without faults until told. */
    public FaultyStore(QuotaStore inner) {
        super(inner);
    }

    /** Makes the next {@code calls} of {@link #execute} fail so. */
    public synchronized void failNext(int calls, Fault fault) {
        for (int i = 0; i < calls; i++) {
            next.add(fault);
        }
    }

    /** Makes every call of {@link #execute} fail so until {@link #heal()}. */
    public synchronized void failAlways(Fault fault) {
        standing = fault;
    }

    /** Sets how long {@link Fault#DELAYED} takes. */
    public synchronized void delay(Duration delay) {
        this.delay = delay;
    }

    /** Makes calls of {@link #execute} fail at random: with the probability {@code rate}, in a sequence that {@code seed} fixes. */
    public synchronized void failAtRandom(long seed, double rate) {
        this.random = new Random(seed);
        this.rate = rate;
    }

    /** Makes the next {@code calls} of the catalog, the ledger and the alerts throw {@link QuotaUnavailableException}. */
    public synchronized void failReads(int calls) {
        readFaults = calls;
    }

    /** Ends all faults. */
    public synchronized void heal() {
        next.clear();
        standing = null;
        random = null;
        readFaults = 0;
    }

    /** Returns how often {@link #execute} was called. */
    public synchronized int executions() {
        return executions;
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        Fault fault = nextFault();
        if (fault == null) {
            return super.execute(commands, deadline);
        }
        return switch (fault) {
            case UNAVAILABLE -> all(commands, unavailable(true));
            case UNAVAILABLE_FOR_GOOD -> all(commands, unavailable(false));
            case REPLY_LOST -> {
                List<Outcome> lost = super.execute(commands, deadline);
                yield all(commands, new Outcome.Unknown(new IllegalStateException("lost on demand: " + lost)));
            }
            case REQUEST_LOST ->
                all(commands, new Outcome.Unknown(new IllegalStateException("the request was lost on demand")));
            case DELAYED -> {
                boolean inTime = waitFor(currentDelay(), deadline);
                yield inTime ? super.execute(commands, deadline) : all(commands, unavailable(false));
            }
            case HANGING -> {
                waitFor(Deadline.MAX, deadline);
                yield all(commands, unavailable(true));
            }
            case BROKEN -> throw new IllegalStateException("broken on demand: " + super.execute(commands, deadline));
        };
    }

    @Override
    public CatalogStore catalog() {
        return faulty(CatalogStore.class, super.catalog());
    }

    @Override
    public LedgerStore ledger() {
        return faulty(LedgerStore.class, super.ledger());
    }

    @Override
    public AlertStore alerts() {
        return faulty(AlertStore.class, super.alerts());
    }

    private synchronized @Nullable Fault nextFault() {
        executions++;
        Fault planned = next.poll();
        if (planned == null && standing == null && random != null && random.nextDouble() < rate) {
            Fault[] likely = {Fault.UNAVAILABLE, Fault.REPLY_LOST, Fault.REQUEST_LOST};
            return likely[random.nextInt(likely.length)];
        }
        return planned != null ? planned : standing;
    }

    private synchronized boolean nextReadFails() {
        return readFaults > 0 && readFaults-- > 0;
    }

    private synchronized Duration currentDelay() {
        return delay;
    }

    private Outcome unavailable(boolean retryable) {
        return new Outcome.Unavailable(failure(), retryable);
    }

    private QuotaUnavailableException failure() {
        return new QuotaUnavailableException("store " + name() + " is unavailable on demand", null, null, name());
    }

    private static List<Outcome> all(List<Command> commands, Outcome outcome) {
        return commands.stream().map(command -> outcome).toList();
    }

    /** Waits for {@code span}, but not beyond the deadline; returns whether there was time for all of it. */
    private static boolean waitFor(Duration span, Deadline deadline) {
        long end = System.nanoTime() + span.toNanos();
        while (System.nanoTime() - end < 0) {
            long left = deadline.remaining().toNanos();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(Math.min(left, end - System.nanoTime()));
        }
        return true;
    }

    private <T> T faulty(Class<T> type, T inner) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (!WATCHED.contains(method.getName()) && nextReadFails()) {
                        throw failure();
                    }
                    try {
                        return method.invoke(inner, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
        return type.cast(proxy);
    }
}
