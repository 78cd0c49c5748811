package io.quotaguard;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.Call.Item;
import io.quotaguard.alert.AlertDispatcher;
import io.quotaguard.alert.Alerts;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaOverview;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import io.quotaguard.plan.CatalogAccess;
import io.quotaguard.plan.CatalogAudit;
import io.quotaguard.plan.CatalogWatcher;
import io.quotaguard.plan.Entitlements;
import io.quotaguard.plan.Plans;
import io.quotaguard.plan.Subscriptions;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.usage.UsageReads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final QuotaStore store;
    private final Duration timeout;
    private final Tally tally = new Tally();
    private final Entitlements entitlements;
    private final DegradedJournal journal;
    private final @Nullable AlertDispatcher dispatcher;
    private final CallRunner runner;
    private final OverviewReader overviews;
    private final AsyncCalls async;
    private final Plans plans;
    private final Subscriptions subscriptions;
    private final CatalogAudit audit;
    private final @Nullable CatalogWatcher watcher;
    private final UsageReads usage;
    private final Alerts alerts;

    QuotaGuard(QuotaGuardBuilder options) {
        store = options.store;
        timeout = options.timeout;
        entitlements = new Entitlements(store.catalog(), options.cachedSubjects);
        journal = new DegradedJournal(store, timeout, options.journalCapacity, this::alertsFired);
        dispatcher = options.listeners.isEmpty()
                ? null
                : new AlertDispatcher(store.alerts(), options.listeners, options.alertPollInterval, timeout);
        runner = new CallRunner(store, entitlements, journal, tally, this::alertsFired);
        overviews = new OverviewReader(store, entitlements);
        async = new AsyncCalls(options.asyncExecutor);
        CatalogAccess access = new CatalogAccess(store, entitlements, timeout, this::alertsFired);
        plans = new Plans(access);
        subscriptions = new Subscriptions(access);
        audit = new CatalogAudit(store.catalog(), timeout);
        boolean watches = store.capabilities().shared() || !options.planChangeListeners.isEmpty();
        watcher = watches
                ? new CatalogWatcher(
                        store,
                        entitlements,
                        options.planChangeListeners,
                        new CatalogWatcher.Settings(options.catalogPollInterval, timeout))
                : null;
        usage = new UsageReads(store.ledger(), timeout);
        alerts = new Alerts(store.alerts(), timeout);
    }

    /** Starts a guard over {@code store}, which stays the host's to close. */
    public static QuotaGuardBuilder builder(QuotaStore store) {
        return new QuotaGuardBuilder(required("store", store));
    }

    /** Charges one unit, if it fits; see {@link #checkAndRecord(Usage)}. */
    public Decision checkAndRecord(String subject, String feature) {
        return checkAndRecord(Usage.of(subject, feature));
    }

    /**
     * Charges a use when it fits into the subject's plan, in one atomic step, and says what was decided (R1).
     *
     * <p>A refusal changes nothing (R2). A call with the key of an earlier accepted call gets that call's answer and is
     * not counted again, even at 100 % (R7).
     */
    public Decision checkAndRecord(Usage usage) {
        return checkAndRecordAll(List.of(required("usage", usage)));
    }

    /**
     * Charges several uses, all or nothing (R3): several features, or a user and the user's team.
     *
     * @param usages each (subject, feature) once; those that name a key name the same one, which is the call's
     */
    public Decision checkAndRecordAll(List<Usage> usages) {
        return runner.run(recording(Operation.RECORD, usages), Deadline.after(timeout));
    }

    /** Tells whether one more unit would fit now, and changes nothing. */
    public Decision check(String subject, String feature) {
        return check(Usage.of(subject, feature));
    }

    /** Tells whether a use would fit now, and changes nothing; its key is not looked at. */
    public Decision check(Usage usage) {
        return runner.run(recording(Operation.CHECK, List.of(required("usage", usage))), Deadline.after(timeout));
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
        Item item = new Item(Names.requireSubject(subject), Names.requireFeature(feature), 0);
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("actor", required("change (who, R44)", change).actor());
        if (change.reason() != null) {
            metadata.put("reason", change.reason());
        }
        return runner.run(
                new Call(Operation.RESET, Call.Key.of(change.key()), List.of(item), metadata), Deadline.after(timeout));
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
        return runAsync(recording(Operation.RECORD, usages));
    }

    /** Tells on another thread whether a use would fit now. */
    public CompletionStage<Decision> checkAsync(Usage usage) {
        return runAsync(recording(Operation.CHECK, List.of(required("usage", usage))));
    }

    /** Returns the plans on offer. */
    public Plans plans() {
        return plans;
    }

    /** Returns who has which plan. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Returns who changed what in the catalog, when and why. */
    public CatalogAudit audit() {
        return audit;
    }

    /** Returns the reads of the ledger. */
    public UsageReads usage() {
        return usage;
    }

    /** Returns the alerts that fired. */
    public Alerts alerts() {
        return alerts;
    }

    /** Returns how the calls of this guard ended so far. */
    public GuardStatistics statistics() {
        return tally.snapshot(journal.size(), entitlements.hits());
    }

    /** Posts what is journaled, stops delivering alerts, and ends the guard's threads; the store stays open. */
    @Override
    public void close() {
        async.close();
        journal.close();
        if (dispatcher != null) {
            dispatcher.close();
        }
        if (watcher != null) {
            watcher.close();
        }
    }

    private CompletionStage<Decision> runAsync(Call call) {
        Deadline deadline = Deadline.after(timeout);
        return async.run(() -> runner.run(call, deadline));
    }

    private static Call recording(Operation operation, List<Usage> usages) {
        if (required("usages", usages).size() == 1) {
            Usage usage = required("usage", usages.get(0));
            Item item = new Item(usage.subject(), usage.feature(), usage.amount());
            return new Call(operation, Call.Key.of(usage.key()), List.of(item), usage.metadata());
        }
        List<Item> items = new ArrayList<>(usages.size());
        Map<String, String> metadata = new LinkedHashMap<>();
        String key = null;
        for (Usage each : usages) {
            Usage usage = required("usage", each);
            items.add(new Item(usage.subject(), usage.feature(), usage.amount()));
            metadata.putAll(usage.metadata());
            if (key != null && usage.key() != null && !key.equals(usage.key())) {
                throw InvalidQuotaArgumentException.of(
                        "R3", "key", usage.key(), "differs from another line's; one call has one key");
            }
            key = usage.key() != null ? usage.key() : key;
        }
        return new Call(operation, Call.Key.of(key), items, metadata);
    }

    private void alertsFired() {
        AlertDispatcher ours = dispatcher;
        if (ours != null) {
            ours.wake();
        }
    }
}
