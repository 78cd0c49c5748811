package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.alert.AlertDispatcher;
import io.quotaguard.alert.Alerts;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.QuotaExceededException;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import io.quotaguard.model.Verdict;
import io.quotaguard.plan.CatalogAccess;
import io.quotaguard.plan.CatalogAudit;
import io.quotaguard.plan.CatalogWatcher;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.plan.Grants;
import io.quotaguard.plan.Plans;
import io.quotaguard.plan.Pools;
import io.quotaguard.plan.Subscriptions;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.usage.UsageAccess;
import io.quotaguard.usage.UsageReads;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The front door: enforces plan quotas inside the host application. Thread-safe; a host needs one.
 *
 * <p>A refusal is a value, a {@link Decision}; a failure is an exception. Every charging and checking call throws
 *
 * <ul>
 *   <li>{@link InvalidQuotaArgumentException} for an argument that breaks a rule,
 *   <li>{@link IdempotencyConflictException} for a key that was used for another request (R8),
 *   <li>{@link QuotaUnavailableException} when the store could not decide before the deadline and recorded nothing,
 *   <li>{@link OutcomeUnknownException} when its answer was lost: repeat the call with the key that it carries (R43).
 * </ul>
 */
public final class QuotaGuard implements AutoCloseable {
    /** The most usages of {@link #checkAndRecordEach}. */
    public static final int MAX_EACH = BulkCalls.MAX_CALLS;

    /** How long {@link #call(Usage, Callable)} holds units for its work: 15 minutes. */
    public static final Duration CALL_TTL = Duration.ofMinutes(15);

    private final QuotaStore store;
    private final Duration timeout;
    private final Tally tally = new Tally();
    private final Entitlements entitlements;
    private final DegradedJournal journal;
    private final @Nullable AlertDispatcher dispatcher;
    private final CallRunner runner;
    private final MeterTable meters;
    private final ReservationDesk reservations;
    private final OverviewReader overviews;
    private final AsyncCalls async;
    private final Plans plans;
    private final Subscriptions subscriptions;
    private final Grants grants;
    private final Pools pools;
    private final CatalogAudit audit;
    private final @Nullable CatalogWatcher watcher;
    private final UsageReads usage;
    private final Alerts alerts;
    private final Maintenance maintenance;

    QuotaGuard(QuotaGuardBuilder options) {
        store = options.store;
        timeout = options.timeout;
        entitlements = new Entitlements(store.catalog(), options.cachedSubjects);
        journal = new DegradedJournal(store, timeout, options.journalCapacity, this::alertsFired);
        dispatcher = options.listeners.isEmpty()
                ? null
                : new AlertDispatcher(
                        store.alerts(),
                        options.listeners,
                        new AlertDispatcher.Settings(options.alertPollInterval, timeout, options.parkAlertsAfter));
        runner = new CallRunner(options, entitlements, journal, tally, this::alertsFired);
        meters = new MeterTable(runner, timeout, options.cachedSubjects);
        overviews = new OverviewReader(store, entitlements, runner);
        reservations = new ReservationDesk(store, entitlements, runner, timeout);
        async = new AsyncCalls(options.asyncExecutor);
        CatalogAccess access = new CatalogAccess(store, entitlements, timeout, this::alertsFired);
        plans = new Plans(access);
        subscriptions = new Subscriptions(access);
        grants = new Grants(access);
        pools = new Pools(access);
        audit = new CatalogAudit(store.catalog(), timeout);
        boolean watches = store.capabilities().shared() || !options.planChangeListeners.isEmpty();
        watcher = watches
                ? new CatalogWatcher(
                        store,
                        entitlements,
                        options.planChangeListeners,
                        new CatalogWatcher.Settings(options.catalogPollInterval, timeout))
                : null;
        Corrector corrector = new Corrector(store.ledger(), runner, timeout);
        usage = new UsageReads(new UsageAccess(store.ledger(), timeout, this::zoneOf, this::look, corrector::correct));
        alerts = new Alerts(store.alerts(), timeout);
        maintenance = new Maintenance(store, options.retention, timeout);
    }

    /** Starts a guard over {@code store}, which stays the host's to close. */
    public static QuotaGuardBuilder builder(QuotaStore store) {
        return new QuotaGuardBuilder(required("store", store));
    }

    /** Charges one unit, if it fits; see {@link #checkAndRecord(Usage)}. */
    public Decision checkAndRecord(String subject, String feature) {
        return meters.record(subject, feature);
    }

    /**
     * Charges a use when it fits into the subject's plan, in one atomic step, and says what was decided (R1).
     *
     * <p>A refusal changes nothing (R2). A call with the key of an earlier accepted call gets that call's answer and is
     * not counted again, even at 100 % (R7).
     */
    public Decision checkAndRecord(Usage usage) {
        return meters.record(required("usage", usage));
    }

    /**
     * Charges several uses, all or nothing (R3): several features, or a user and the user's team.
     *
     * @param usages each (subject, feature) once; those that name a key name the same one, which is the call's
     */
    public Decision checkAndRecordAll(List<Usage> usages) {
        return decide(Charge.of(Operation.RECORD, usages));
    }

    /** Tells whether one more unit would fit now, and changes nothing. */
    public Decision check(String subject, String feature) {
        return meters.check(subject, feature);
    }

    /** Tells whether a use would fit now, and changes nothing; its key is not looked at. */
    public Decision check(Usage usage) {
        return meters.check(required("usage", usage));
    }

    /** Returns a handle on one pair of names, for a host that charges it again and again; see {@link Meter}. */
    public Meter meter(String subject, String feature) {
        return meters.make(subject, feature);
    }

    /** Returns what {@code subject} may use and has used, over all features of its plan. */
    public QuotaOverview overview(String subject) {
        return overviews.read(Names.requireSubject(subject), Deadline.after(timeout));
    }

    /**
     * Sets what is used in the current window back to zero, by a ledger row that takes it back (R18); alerts re-arm
     * (R29).
     */
    public Decision reset(String subject, String feature, Change change) {
        Charge.Item item = new Charge.Item(Names.requireSubject(subject), Names.requireFeature(feature), 0);
        Map<String, String> metadata = Corrector.metadata(required("change (who, R44)", change));
        return decide(new Charge(Operation.RESET, Call.Key.of(change.key()), List.of(item), metadata, null));
    }

    /**
     * Charges as many units as there is room for, up to the usage's amount: {@link Decision#granted()} says how many. It is
     * refused when there is room for none. A retry with its key gets the same units, however many there would be now.
     */
    public Decision checkAndRecordUpTo(Usage usage) {
        return decide(Charge.of(Operation.UP_TO, required("usage", usage)));
    }

    /**
     * Charges many independent uses, each by itself, in few round trips; none fails because of another (R11).
     *
     * @param usages up to {@link #MAX_EACH}; each may name a key of its own, and what repeats another's is its replay
     * @return one result per usage, in order; the guard's time-out counts for every 500 of them
     */
    public List<UsageResult> checkAndRecordEach(List<Usage> usages) {
        return BulkCalls.run(required("usages", usages), runner, timeout);
    }

    /**
     * Keeps units free for a use while its work is done; see {@link Reservation}.
     *
     * @param ttl how long at most, up to 30 days: then the units are free again, whether or not anything looks
     * <p>A retry with its key gets the same reservation, also when it was committed meanwhile.
     *
     * @throws io.quotaguard.model.ReservationSettledException when the key's reservation was released or has expired
     * @return the reservation; when there was no room it holds nothing, and its decision says why:
     *     {@link io.quotaguard.model.RefusalReason#HELD} when others' holds may yet be freed
     */
    public Reservation reserve(Usage usage, Duration ttl) {
        return reservations.reserve(required("usage", usage), ttl);
    }

    /** Returns the reservation with {@code id}, made by whichever process, to go on with it; empty when there is none. */
    public Optional<Reservation> reservation(String id) {
        return reservations.find(id);
    }

    /** Does {@code work} within a reservation of {@link #CALL_TTL}; see {@link #call(Usage, Duration, Callable)}. */
    public <T> T call(Usage usage, Callable<T> work) throws Exception {
        return call(usage, CALL_TTL, work);
    }

    /**
     * Does {@code work} while the use's units are held: charges them when it returns, and frees them when it throws.
     *
     * @param ttl how long the work takes at most
     * @return what the work returned
     * @throws QuotaExceededException when there was no room, before the work began; or when the work took longer than
     *     {@code ttl}: nothing was charged, and its result is lost
     * @throws Exception what the work threw
     */
    public <T> T call(Usage usage, Duration ttl, Callable<T> work) throws Exception {
        required("work", work);
        try (Reservation reservation = reserve(usage, ttl).orThrow()) {
            T result = work.call();
            reservation.commit().orThrow();
            return result;
        }
    }

    /** Charges one unit, if it fits, on another thread. */
    public CompletionStage<Decision> checkAndRecordAsync(String subject, String feature) {
        return checkAndRecordAsync(Usage.of(subject, feature));
    }

    /**
     * Charges a use, if it fits, on another thread.
     *
     * @return completes as {@link #checkAndRecord(Usage)} returns or throws; its deadline starts now
     */
    public CompletionStage<Decision> checkAndRecordAsync(Usage usage) {
        return checkAndRecordAllAsync(List.of(required("usage", usage)));
    }

    /** Charges several uses, all or nothing, on another thread. */
    public CompletionStage<Decision> checkAndRecordAllAsync(List<Usage> usages) {
        return decideAsync(Charge.of(Operation.RECORD, usages));
    }

    /** Tells on another thread whether a use would fit now. */
    public CompletionStage<Decision> checkAsync(Usage usage) {
        return decideAsync(Charge.of(Operation.CHECK, required("usage", usage)));
    }

    /**
     * Returns the calls that charge inside a transaction of the host's own, so that a use and the host's rows are committed
     * together or not at all (R10). Asks nothing of the database yet.
     *
     * @param transaction what the store takes: PostgreSQL's a {@code java.sql.Connection} to the database of the store
     *     with a transaction open (auto-commit off, read committed), or a JDBI {@code Handle}; it stays the host's to
     *     commit, to roll back and to close
     * @throws InvalidQuotaArgumentException when the store cannot join it, as the memory store cannot
     */
    public JoinedQuota in(Object transaction) {
        JoinedTransaction joined = store.join(required("transaction", transaction));
        return new JoinedQuota(new JoinedRunner(runner, joined, this::alertsExpected), timeout);
    }

    /** Returns the plans on offer. */
    public Plans plans() {
        return plans;
    }

    /** Returns who has which plan. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Returns the top-ups: units on top of a plan's allowance. */
    public Grants grants() {
        return grants;
    }

    /** Returns who shares whose quota. */
    public Pools pools() {
        return pools;
    }

    /** Returns what a pool may use and has used, and who of its members used how much. */
    public PoolOverview poolOverview(String pool) {
        return overviews.readPool(Names.require("pool", pool), Deadline.after(timeout));
    }

    /** Returns who changed what in the catalog, when and why. */
    public CatalogAudit audit() {
        return audit;
    }

    /** Returns the ledger: its rows, sums and corrections. */
    public UsageReads usage() {
        return usage;
    }

    /** Returns the alerts that fired. */
    public Alerts alerts() {
        return alerts;
    }

    /** Returns what removes old windows, alerts and audit rows, when the host wants that. */
    public Maintenance maintenance() {
        return maintenance;
    }

    /** Returns how the calls of this guard ended so far. */
    public GuardStatistics statistics() {
        return tally.snapshot(journal.size(), entitlements.hits());
    }

    /** Posts what is journaled, stops delivering alerts, and ends the guard's threads; the store stays open. */
    @Override
    public void close() {
        async.close();
        runner.close();
        journal.close();
        if (dispatcher != null) {
            dispatcher.close();
        }
        if (watcher != null) {
            watcher.close();
        }
    }

    private Decision decide(Call call) {
        return runner.run(call, Deadline.after(timeout)).decision();
    }

    private CompletionStage<Decision> decideAsync(Call call) {
        Deadline deadline = Deadline.after(timeout);
        return async.run(() -> runner.run(call, deadline).decision());
    }

    private Verdict look(String subject, String feature) {
        return decide(Charge.look(subject, feature)).use();
    }

    private ZoneId zoneOf(String subject) {
        return entitlements.cadenceOf(subject, Deadline.after(timeout)).zone();
    }

    private void alertsFired() {
        if (dispatcher != null) {
            dispatcher.wake();
        }
    }

    private void alertsExpected() {
        if (dispatcher != null) {
            dispatcher.expect();
        }
    }
}
