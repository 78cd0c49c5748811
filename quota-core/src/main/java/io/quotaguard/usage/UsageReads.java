package io.quotaguard.usage;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Drift;
import io.quotaguard.model.Forecast;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PeriodUsage;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.SupportedTime;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Verdict;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ledger: its rows and sums, its corrections, and the proof that the counters equal it. Thread-safe. */
public final class UsageReads {
    /** The most users that {@link #top} returns. */
    public static final int MAX_TOP = 1000;

    private final UsageAccess access;
    private final LedgerStore store;

    /** Made by the front door; hosts get theirs from {@code quota.usage()}. */
    public UsageReads(UsageAccess access) {
        this.access = access;
        this.store = access.ledger();
    }

    /** Returns the ledger rows asked for, newest first; pass the last row's id on to {@link UsageQuery#before}. */
    public List<UsageRecord> records(UsageQuery query) {
        return store.records(required("query", query), deadline());
    }

    /**
     * Returns what a subject used in each period, by feature then period, with a zero for each period without a use:
     * ready for a chart. A feature that was not used at all is left out, unless it was asked for.
     */
    public List<PeriodUsage> statistics(StatisticsQuery query) {
        ZoneId own = required("query", query).zone();
        ZoneId zone = own == null ? access.zones().apply(query.subject()) : own;
        List<LocalDate> starts = query.bounds();
        List<Instant> bounds = starts.stream()
                .map(start -> start.atStartOfDay(zone).toInstant())
                .toList();
        Map<String, Map<Integer, UsageSum>> found = new TreeMap<>();
        if (query.feature() != null) {
            found.put(query.feature(), Map.of());
        }
        for (UsageSum sum : store.sums(query.subject(), query.feature(), bounds, deadline())) {
            found.merge(sum.feature(), Map.of(sum.span(), sum), UsageReads::both);
        }
        List<PeriodUsage> periods = new ArrayList<>();
        found.forEach((feature, sums) -> {
            for (int span = 0; span < starts.size() - 1; span++) {
                UsageSum sum = sums.getOrDefault(span, new UsageSum(feature, span, 0, 0, 0));
                periods.add(new PeriodUsage(feature, starts.get(span), sum.units(), sum.uses(), sum.overage()));
            }
        });
        return periods;
    }

    private static Map<Integer, UsageSum> both(Map<Integer, UsageSum> one, Map<Integer, UsageSum> other) {
        Map<Integer, UsageSum> both = new TreeMap<>(one);
        both.putAll(other);
        return both;
    }

    /**
     * Returns who used most of a feature in a span of time, the most first.
     *
     * @param from the first instant, in the years 1 to 9999
     * @param to the first instant that is too late, in the years 1 to 9999
     * @param max how many, 1 … {@link #MAX_TOP}
     */
    public List<TopUser> top(String feature, Instant from, Instant to, int max) {
        Names.requireFeature(feature);
        SupportedTime.require(required("from", from));
        if (SupportedTime.require(required("to", to)).isBefore(from)) {
            throw InvalidQuotaArgumentException.of("R14", "to", to, "lies before from, " + from);
        }
        if (max < 1 || max > MAX_TOP) {
            throw InvalidQuotaArgumentException.of("R45", "number of users", max, "is not in 1 … " + MAX_TOP);
        }
        return store.top(feature, from, to, max, deadline());
    }

    /**
     * Tells when the current window's quota will be used up at the present rate; see {@link Forecast} for the method.
     *
     * @return empty when the subject does not have the feature
     */
    public Optional<Forecast> forecast(String subject, String feature) {
        Verdict own = access.look().apply(Names.requireSubject(subject), Names.requireFeature(feature));
        Window window = own.window();
        if (window == null) {
            return Optional.empty();
        }
        Pace pace = store.pace(subject, feature, window, deadline());
        Instant since = pace.since() == null || window.end() == null ? pace.since() : window.start();
        return Optional.of(new Forecast(subject, feature, window, own.limit(), pace.units(), since, pace.asOf()));
    }

    /**
     * Takes back some of an earlier use, or all of it: in the window and from the pools that it was charged to (R37). Units
     * above the limit are given back first, then those that came from grants. Alerts above what is left re-arm (R29). What
     * a reset took back already is not taken back twice.
     *
     * <p>It reads what it corrects, and then takes it back: two round trips.
     *
     * @return the decision, with the units taken back as its amount
     * @throws InvalidQuotaArgumentException when there is no such use, or less is left of it
     */
    public Decision correct(Correction correction, Change change) {
        return access.correct().apply(required("correction", correction), required("change (who, R44)", change));
    }

    /**
     * Returns every counter that differs from the sum of its ledger rows (R42); writes nothing, and no charge waits for it.
     *
     * @param timeout how long it may take; it reads the whole ledger, in many small steps
     * @throws io.quotaguard.model.QuotaUnavailableException when the time was up before it was through, saying how far it
     *     came
     */
    public List<Drift> verify(Duration timeout) {
        return store.verify(Deadline.after(required("timeout", timeout)));
    }

    /**
     * Looks for counters that differ from the sum of their ledger rows, as {@link #verify(Duration)} does, with memory for
     * one step alone: for ledgers of any size, and to go on where an earlier call ended.
     *
     * @param after only subjects after this one, as {@link Verification#lastSubject()} returned it; null for all
     * @param timeout when it ends at the latest
     * @param found is told of each difference, on this thread
     * @return how far it came
     */
    public Verification verify(@Nullable String after, Duration timeout, Consumer<Drift> found) {
        return store.verify(
                requireAfter(after),
                required("consumer of drifts", found),
                Deadline.after(required("timeout", timeout)));
    }

    /**
     * Sets every counter that differs to the sum of its ledger rows, with an audit row for each (R42).
     *
     * @throws io.quotaguard.model.QuotaUnavailableException when the time was up before it was through; what it came to is
     *     mended
     */
    public List<Drift> repair(Change change, Duration timeout) {
        return store.repair(required("change (who, R44)", change), Deadline.after(required("timeout", timeout)));
    }

    /** Repairs as {@link #repair(Change, Duration)} does, telling of each counter that it mended; see {@link #verify(String, Duration, Consumer)}. */
    public Verification repair(Change change, @Nullable String after, Duration timeout, Consumer<Drift> mended) {
        return store.repair(
                required("change (who, R44)", change),
                requireAfter(after),
                required("consumer of drifts", mended),
                Deadline.after(required("timeout", timeout)));
    }

    private static @Nullable String requireAfter(@Nullable String subject) {
        return subject == null ? null : Names.requireSubject(subject);
    }

    private Deadline deadline() {
        return Deadline.after(access.timeout());
    }
}
