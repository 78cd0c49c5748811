package io.quotaguard;

import io.quotaguard.alert.AlertListener;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Retention;
import io.quotaguard.plan.PlanChangeListener;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link QuotaGuard} needs. Every option may be set once. Not thread-safe. */
public final class QuotaGuardBuilder {
    final QuotaStore store;
    final List<AlertListener> listeners = new ArrayList<>();
    final List<PlanChangeListener> planChangeListeners = new ArrayList<>();
    Duration timeout = Duration.ofSeconds(2);
    Duration alertPollInterval = Duration.ofSeconds(5);
    Duration catalogPollInterval = Duration.ofSeconds(5);
    int parkAlertsAfter = 20;
    Retention retention = Retention.DEFAULT;
    long cachedSubjects = 100_000;
    int journalCapacity = 10_000;
    Coalescing coalescing = Coalescing.DEFAULT;
    final Map<String, SlicePolicy> leased = new HashMap<>();
    /** How a guard learns how time passes, and lets it. */
    LongSupplier nanoTime = System::nanoTime;

    LongConsumer parkNanos = LockSupport::parkNanos;
    /** Spreads the repetitions of many callers: returns a number from 0 up to a bound, which is excluded. */
    LongUnaryOperator jitter = bound -> ThreadLocalRandom.current().nextLong(bound);
    /** Makes the thread that posts what is spent from slices. */
    ThreadFactory posters = Thread::new;

    @Nullable
    Executor asyncExecutor;

    private final Set<String> set = new HashSet<>();

    QuotaGuardBuilder(QuotaStore store) {
        this.store = store;
        ServiceLoader.load(AlertListener.class).forEach(listeners::add);
    }

    /** Adds a listener to those found by {@link ServiceLoader}; may be called again for more. */
    public QuotaGuardBuilder listener(AlertListener listener) {
        listeners.add(InvalidQuotaArgumentException.required("listener", listener));
        return this;
    }

    /** Sets how long one call may take, everything included (R45); 2 s unless set. */
    public QuotaGuardBuilder timeout(Duration timeout) {
        once("timeout");
        this.timeout = Deadline.requireTimeout(InvalidQuotaArgumentException.required("timeout", timeout));
        return this;
    }

    /** Sets how often the outbox is looked at for alerts that another node left; 5 s unless set. */
    public QuotaGuardBuilder alertPollInterval(Duration interval) {
        once("alertPollInterval");
        this.alertPollInterval =
                Deadline.requireTimeout(InvalidQuotaArgumentException.required("alertPollInterval", interval));
        return this;
    }

    /**
     * Sets after how many failures of its listeners an alert is parked, so that it is not tried for ever; 20 unless set,
     * which takes about two hours.
     */
    public QuotaGuardBuilder parkAlertsAfter(int failures) {
        once("parkAlertsAfter");
        if (failures < 1) {
            throw InvalidQuotaArgumentException.of("R33", "parkAlertsAfter", failures, "is not positive");
        }
        this.parkAlertsAfter = failures;
        return this;
    }

    /** Sets what {@link QuotaGuard#maintenance()} keeps; {@link Retention#DEFAULT} unless set (R10). */
    public QuotaGuardBuilder retention(Retention retention) {
        once("retention");
        this.retention = InvalidQuotaArgumentException.required("retention", retention);
        return this;
    }

    /** Adds a listener that is told of every change of plans, subscriptions and overrides, on whichever node it is made. */
    public QuotaGuardBuilder planChangeListener(PlanChangeListener listener) {
        planChangeListeners.add(InvalidQuotaArgumentException.required("plan change listener", listener));
        return this;
    }

    /** Sets how often changes of the catalog by other nodes are looked for when no hint tells of them; 5 s unless set. */
    public QuotaGuardBuilder catalogPollInterval(Duration interval) {
        once("catalogPollInterval");
        this.catalogPollInterval =
                Deadline.requireTimeout(InvalidQuotaArgumentException.required("catalogPollInterval", interval));
        return this;
    }

    /** Sets of how many subjects the entitlements are kept in memory; 100,000 unless set. */
    public QuotaGuardBuilder cachedSubjects(long subjects) {
        once("cachedSubjects");
        if (subjects < 1) {
            throw InvalidQuotaArgumentException.of("R45", "cachedSubjects", subjects, "is not positive");
        }
        this.cachedSubjects = subjects;
        return this;
    }

    /** Sets how many uses allowed without the store may wait to be posted; 10,000 unless set (R43). */
    public QuotaGuardBuilder journalCapacity(int uses) {
        once("journalCapacity");
        if (uses < 1) {
            throw InvalidQuotaArgumentException.of("R43", "journalCapacity", uses, "is not positive");
        }
        this.journalCapacity = uses;
        return this;
    }

    /** Sets how concurrent calls share round trips to a store over a network; {@link Coalescing#DEFAULT} unless set. */
    public QuotaGuardBuilder coalescing(Coalescing coalescing) {
        once("coalescing");
        this.coalescing = InvalidQuotaArgumentException.required("coalescing", coalescing);
        return this;
    }

    /**
     * Lets uses of {@code feature} be spent from slices: units that the store holds for this guard, which takes them in one
     * round trip and spends them without another. May be called again for other features.
     *
     * <p>A limit is never passed: what is used and what lies in slices is at most the limit. What it costs:
     *
     * <ul>
     *   <li>Ledger rows, counters and alerts come up to some ten milliseconds after the use. When the process dies, what is
     *       not posted yet is lost, at most {@link SlicePolicy#maxUnposted()} uses of each subject and never more than its
     *       slices: the units come free again after {@link SlicePolicy#life()}, so that these uses are not counted.
     *   <li>A process that is stopped for longer than {@link SlicePolicy#margin()} between a use and its post posts it after
     *       its units came free: it is counted all the same, and used may pass the limit by as much.
     *   <li>While units lie in slices of several nodes, {@code held} and {@code remaining} of a decision are as this node
     *       knows them since it took its slice; {@code check} and {@code overview} ask the store, for which slices are held.
     *   <li>A use may go by the terms at which its slice was taken, after a change of plan until this node hears of it, and
     *       at most for the slice's life (R25).
     *   <li>A use that is refused because others hold slices waits up to twice {@link SlicePolicy#idle()} for these to be
     *       spent or to go back, so that the last unit is found; it asks the store at most six times.
     * </ul>
     *
     * <p>What cannot be leased goes to the store by itself, exactly as without this option: calls with a key of the caller's,
     * several lines, {@code checkAndRecordUpTo} and {@code Each}, reservations, checks, resets, corrections and transactions
     * of the host; amounts larger than a slice; subjects in pools; features with grants, credits or overage; and whatever is
     * near the limit.
     */
    public QuotaGuardBuilder leased(String feature, SlicePolicy policy) {
        once("leased " + Names.requireFeature(feature));
        leased.put(feature, InvalidQuotaArgumentException.required("slice policy", policy));
        return this;
    }

    /** Sets where asynchronous calls run; unless set, a pool of the guard's own with a bounded queue. */
    public QuotaGuardBuilder asyncExecutor(Executor executor) {
        once("asyncExecutor");
        this.asyncExecutor = InvalidQuotaArgumentException.required("asyncExecutor", executor);
        return this;
    }

    /** Returns the guard, ready for use. It does no I/O: a store that is away is met by the first call. */
    public QuotaGuard build() {
        return new QuotaGuard(this);
    }

    private void once(String option) {
        if (!set.add(option)) {
            throw InvalidQuotaArgumentException.of("R45", "option", option, "was set before; set it once");
        }
    }
}
