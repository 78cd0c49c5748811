package io.quotaguard.usage;

import io.quotaguard.model.Change;
import io.quotaguard.model.DailyUsage;
import io.quotaguard.model.Drift;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of the ledger, and the proof that the counters equal it. Thread-safe. */
public final class UsageReads {
    /** The most days of one statistics call. */
    public static final int MAX_DAYS = 1000;

    private final LedgerStore store;
    private final Duration timeout;

    /** Made by the front door; hosts get theirs from {@code quota.usage()}. */
    public UsageReads(LedgerStore store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    /** Returns the ledger rows asked for, newest first. */
    public List<UsageRecord> records(UsageQuery query) {
        return store.records(InvalidQuotaArgumentException.required("query", query), Deadline.after(timeout));
    }

    /**
     * Returns what {@code subject} used per feature and day, by feature then day; days without a row are left out.
     *
     * @param from the first day
     * @param to the last day, included
     * @param zone in which days are cut
     */
    public List<DailyUsage> statistics(
            String subject, @Nullable LocalDate from, @Nullable LocalDate to, @Nullable ZoneId zone) {
        Names.requireSubject(subject);
        LocalDate first = InvalidQuotaArgumentException.required("from", from);
        LocalDate last = InvalidQuotaArgumentException.required("to", to);
        long days = ChronoUnit.DAYS.between(first, last) + 1;
        if (days < 1 || days > MAX_DAYS) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "span", first + " … " + last, "is not of 1 … " + MAX_DAYS + " days");
        }
        if (first.getYear() < 1 || last.getYear() > 9999) {
            throw InvalidQuotaArgumentException.of(
                    "R45", "span", first + " … " + last, "is not in the years 1 to 9999");
        }
        ZoneId cut = InvalidQuotaArgumentException.required("zone (R16)", zone);
        return store.daily(subject, first, last, cut, Deadline.after(timeout));
    }

    /**
     * Returns every counter that differs from the sum of its ledger rows (R42); writes nothing.
     *
     * @param timeout how long it may take; it reads the whole ledger
     */
    public List<Drift> verify(Duration timeout) {
        return store.verify(Deadline.after(InvalidQuotaArgumentException.required("timeout", timeout)));
    }

    /** Sets every counter that differs to the sum of its ledger rows, with an audit row for each (R42). */
    public List<Drift> repair(Change change, Duration timeout) {
        Change required = InvalidQuotaArgumentException.required("change (who, R44)", change);
        return store.repair(required, Deadline.after(InvalidQuotaArgumentException.required("timeout", timeout)));
    }
}
