package io.quotaguard.memory;

import io.quotaguard.model.Counter;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Window;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.LocalStore;
import io.quotaguard.spi.MaintenanceStore;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.StoreCapabilities;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The store that keeps everything in this process: nothing survives its end, and no other process sees it. Thread-safe;
 * no lock is shared by two features or two subjects on the path of a check.
 *
 * <p>It is bounded (H5): counters, ledger rows, alerts and audit rows each have a most. What has ended is kept for the
 * store's own retention and then makes room, without any maintenance; when none may go yet, new entries are refused with {@link QuotaCapacityException} and
 * what is there goes on being served: a live counter is never forgotten. The windows that never end stay. Alerts leave
 * with their window, delivered or not. The plans, subscriptions and overrides that the host saves are not bounded.
 */
public final class InMemoryQuotaStore implements BackingStore, LocalStore {
    static final String NAME = "memory";

    /** How many ended counters are looked at for each that is opened. */
    private static final int SWEPT_PER_OPENED = 4;

    /** How many ended counters are looked at when there is no room: the caller in need waits for that. */
    private static final int SWEPT_WHEN_FULL = 256;

    private static final StoreCapabilities CAPABILITIES = new StoreCapabilities(false, false, true, false);

    private final List<Budget> budgets;
    private final StoreParts parts;
    private final MemoryCatalog catalog;
    private final MemoryLedger ledger;
    private final MemoryMaintenance maintenance;

    /** Makes a store on the system's clock, with the builder's defaults. */
    public InMemoryQuotaStore() {
        this(new Builder());
    }

    private InMemoryQuotaStore(Builder builder) {
        InstantSource clock = builder.clock == null ? InstantSource.system() : builder.clock;
        Duration retention = builder.retention == null ? Builder.DEFAULT_RETENTION : builder.retention;
        int maxCounters = builder.maxCounters == null ? Builder.DEFAULT_MAX_COUNTERS : builder.maxCounters;
        int maxRecords = builder.maxRecords == null ? Builder.DEFAULT_MAX_RECORDS : builder.maxRecords;
        Budget alertNumbers = new Budget(maxRecords, "alerts", "maxRecords");
        Budget counters = new Budget(maxCounters, "counters", "maxCounters");
        Budget records = new Budget(maxRecords, "ledger rows and keys", "maxRecords");
        Budget auditRows = new Budget(maxRecords, "audit rows", "maxRecords");
        this.budgets = List.of(alertNumbers, counters, records, auditRows);
        MemoryAlerts alerts = new MemoryAlerts(clock, alertNumbers);
        Meters meters = new Meters(retention, counters, records, alerts);
        AuditLog audit = new AuditLog(auditRows, retention);
        this.parts = new StoreParts(clock, meters, new CatalogState(), alerts, new GracePeriod());
        this.catalog = new MemoryCatalog(parts, audit);
        this.ledger = new MemoryLedger(parts, audit);
        this.maintenance = new MemoryMaintenance(parts, audit);
    }

    /**
     * Has everything that is made from now on numbered above {@code number}: ledger rows, alerts and audit rows. For whoever
     * carries a journal out here once more, so that each thing has the number that it had at first, although not all of the
     * journal is left. Not to be called while a command is carried out.
     */
    public void numberFrom(long number) {
        budgets.forEach(budget -> budget.skipTo(number));
    }

    /** Tells whether a counter is kept: something was charged or held in the window, and it was not forgotten since. */
    public boolean keeps(String subject, String feature, Window window) {
        Meter meter = parts.meters().find(new Owner(subject, feature));
        if (meter == null) {
            return false;
        }
        meter.lock().await(Deadline.after(Deadline.MAX), meter.owner(), null);
        try {
            return meter.counter(window) != null;
        } finally {
            parts.meters().release(meter);
        }
    }

    /** Starts a store with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    /** Returns the clock itself: this store has no other. */
    @Override
    public InstantSource clock() {
        return parts.clock();
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        if (commands.size() == 1) {
            return List.of(outcome(commands.get(0), null, deadline));
        }
        List<Outcome> outcomes = new ArrayList<>(commands.size());
        for (Command command : commands) {
            outcomes.add(outcome(command, null, deadline));
        }
        return List.copyOf(outcomes);
    }

    @Override
    public List<Outcome> post(List<Decided> decided, Deadline deadline) {
        List<Outcome> outcomes = new ArrayList<>(decided.size());
        for (Decided each : decided) {
            outcomes.add(outcome(each.command(), each.at(), deadline));
        }
        return List.copyOf(outcomes);
    }

    @Override
    public boolean remembers(Command command, Deadline deadline) {
        try (LockedLines locked = LockedLines.lock(command, parts.meters(), deadline)) {
            for (LockedLine line : locked.lines()) {
                if (line.isUse() && line.remembered(command.key()) != null) {
                    return true;
                }
            }
            return false;
        }
    }

    @Override
    public Till till(String subject, String feature) {
        return new MemoryTill(new Owner(subject, feature), parts);
    }

    /** Carries out a command, or for an instant that is not null one that was decided then. */
    private Outcome outcome(Command command, @Nullable Instant decidedAt, Deadline deadline) {
        try {
            Outcome outcome = turn(command, decidedAt, deadline);
            if (isFull(outcome) && parts.meters().sweep(parts.clock().instant(), SWEPT_WHEN_FULL) > 0) {
                outcome = turn(command, decidedAt, deadline);
            }
            return outcome;
        } catch (QuotaException e) {
            return new Outcome.Unavailable(e, false);
        } catch (RuntimeException e) {
            return new Outcome.Unavailable(
                    new QuotaUnavailableException("the store failed before it wrote anything", e, command.key(), NAME),
                    false);
        }
    }

    private static boolean isFull(Outcome outcome) {
        return outcome instanceof Outcome.Unavailable unavailable
                && unavailable.failure() instanceof QuotaCapacityException;
    }

    private Outcome turn(Command command, @Nullable Instant decidedAt, Deadline deadline) {
        Turn turn;
        Outcome outcome;
        try (LockedLines locked = LockedLines.lock(command, parts.meters(), deadline)) {
            turn = Turn.of(command, locked, parts, decidedAt);
            outcome = taken(turn);
        }
        if (turn.opened() > 0) {
            // More are looked at than were opened, so that forgetting keeps pace with a store that is never full.
            parts.meters().sweep(turn.now(), SWEPT_PER_OPENED * turn.opened());
        }
        return outcome;
    }

    /** Whoever changes everyone's terms waits for those who have read the old ones. */
    private Outcome taken(Turn turn) {
        int slot = parts.grace().enter();
        try {
            return turn.take();
        } finally {
            parts.grace().leave(slot);
        }
    }

    StoreParts parts() {
        return parts;
    }

    /** Sets a counter behind the ledger's back, so that tests can show that it is noticed (R42). */
    void corrupt(String subject, String feature, Window window, long used) {
        Owner owner = new Owner(subject, feature);
        Meter meter = parts.meters().lock(owner, Deadline.after(Deadline.MAX), null);
        try {
            WindowCounter counter = meter.counter(window);
            if (counter == null) {
                throw new IllegalStateException("nothing was ever used of " + owner + " in " + window);
            }
            counter.become(new Counter(used, counter.totals().held()));
        } finally {
            parts.meters().release(meter);
        }
    }

    @Override
    public CatalogStore catalog() {
        return catalog;
    }

    @Override
    public LedgerStore ledger() {
        return ledger;
    }

    @Override
    public AlertStore alerts() {
        return parts.alerts();
    }

    @Override
    public MaintenanceStore maintenance() {
        return maintenance;
    }

    /** Does nothing: there is nothing to release, and the store can still be read afterwards. */
    @Override
    public void close() {}

    /** Collects a store's settings; each may be given once. Not thread-safe. */
    public static final class Builder {
        private static final int DEFAULT_MAX_COUNTERS = 100_000;
        private static final int DEFAULT_MAX_RECORDS = 1_000_000;
        private static final Duration DEFAULT_RETENTION = Duration.ofDays(35);
        private static final Duration MAX_RETENTION = Duration.ofDays(36_500);

        private @Nullable InstantSource clock;
        private @Nullable Integer maxCounters;
        private @Nullable Integer maxRecords;
        private @Nullable Duration retention;

        private Builder() {}

        /**
         * Sets the clock that decides which window a call falls in (R19); the system's by default.
         *
         * @throws InvalidQuotaArgumentException when it is missing or was set before
         */
        public Builder clock(InstantSource clock) {
            requireUnset("clock", this.clock);
            this.clock = InvalidQuotaArgumentException.required("clock", clock);
            return this;
        }

        /**
         * Bounds the counters: one per subject, feature and window, live or kept for the retention; 100,000 by default.
         *
         * @throws InvalidQuotaArgumentException when it is below 1 or was set before
         */
        public Builder maxCounters(int maxCounters) {
            requireUnset("maxCounters", this.maxCounters);
            this.maxCounters = requireBound("maxCounters", maxCounters);
            return this;
        }

        /**
         * Bounds the ledger rows with their keys, and likewise the alerts and the audit rows; 1,000,000 each by default.
         * A row takes 50 to 100 bytes, with a short key of the caller's about 200, with metadata, a hold or a pool more.
         *
         * @throws InvalidQuotaArgumentException when it is below 1 or was set before
         */
        public Builder maxRecords(int maxRecords) {
            requireUnset("maxRecords", this.maxRecords);
            this.maxRecords = requireBound("maxRecords", maxRecords);
            return this;
        }

        /**
         * Sets how long counters, ledger rows, keys and alerts are kept after their window ended, at least (R10); 35 days
         * by default. Within it a repeated key is answered as at first, and after it it may be charged anew.
         *
         * @throws InvalidQuotaArgumentException when it is not positive, longer than 36,500 days, or was set before
         */
        public Builder retention(Duration retention) {
            requireUnset("retention", this.retention);
            InvalidQuotaArgumentException.required("retention", retention);
            if (retention.isNegative() || retention.isZero() || retention.compareTo(MAX_RETENTION) > 0) {
                throw InvalidQuotaArgumentException.of(
                        "R10", "retention", retention, "is not positive and at most " + MAX_RETENTION);
            }
            this.retention = retention;
            return this;
        }

        public InMemoryQuotaStore build() {
            return new InMemoryQuotaStore(this);
        }

        private static int requireBound(String option, int bound) {
            if (bound < 1) {
                throw InvalidQuotaArgumentException.of("H5", option, bound, "is not at least 1");
            }
            return bound;
        }

        private static void requireUnset(String option, @Nullable Object value) {
            if (value != null) {
                throw InvalidQuotaArgumentException.of("H5", option, value, "is set already; set it once");
            }
        }
    }
}
