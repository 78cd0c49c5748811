package io.quotaguard.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which ledger rows to read: newest first, a page at a time. Immutable; each method returns a changed copy.
 *
 * @param subject whose rows
 * @param feature of one feature, or null for all
 * @param from the first instant, in the years 1 to 9999, or null for no bound
 * @param to the first instant that is too late, in the years 1 to 9999, or null for no bound
 * @param before only rows with a smaller id: the last id of the page before; null for the first page
 * @param operation only rows of one operation, or null for all
 * @param key only rows of the call with this key, or null
 * @param pageSize the most rows, 1 … 1,000
 */
public record UsageQuery(
        String subject,
        @Nullable String feature,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long before,
        UsageRecord.@Nullable Operation operation,
        @Nullable String key,
        int pageSize) {
    /** The largest page. */
    public static final int MAX_PAGE_SIZE = 1000;

    public UsageQuery {
        Names.requireSubject(subject);
        if (feature != null) {
            Names.requireFeature(feature);
        }
        if (key != null) {
            Names.requireKey(key);
        }
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw InvalidQuotaArgumentException.of("R45", "page size", pageSize, "is not in 1 … " + MAX_PAGE_SIZE);
        }
        from = from == null ? null : SupportedTime.require(from);
        to = to == null ? null : SupportedTime.require(to);
        if (from != null && to != null && to.isBefore(from)) {
            throw InvalidQuotaArgumentException.of("R14", "to", to, "lies before from, " + from);
        }
    }

    /** Returns the query for the newest 100 rows of {@code subject}. */
    public static UsageQuery of(String subject) {
        return new UsageQuery(subject, null, null, null, null, null, null, 100);
    }

    public UsageQuery feature(String feature) {
        return new UsageQuery(subject, Names.requireFeature(feature), from, to, before, operation, key, pageSize);
    }

    public UsageQuery between(Instant from, Instant to) {
        return new UsageQuery(subject, feature, from, to, before, operation, key, pageSize);
    }

    public UsageQuery before(long id) {
        return new UsageQuery(subject, feature, from, to, id, operation, key, pageSize);
    }

    public UsageQuery operation(UsageRecord.Operation operation) {
        return new UsageQuery(subject, feature, from, to, before, operation, key, pageSize);
    }

    public UsageQuery key(String key) {
        return new UsageQuery(subject, feature, from, to, before, operation, Names.requireKey(key), pageSize);
    }

    public UsageQuery pageSize(int pageSize) {
        return new UsageQuery(subject, feature, from, to, before, operation, key, pageSize);
    }

    /** Tells whether {@code row} is asked for, its page aside. */
    public boolean matches(UsageRecord row) {
        return row.subject().equals(subject)
                && (feature == null || row.feature().equals(feature))
                && (from == null || !row.recordedAt().isBefore(from))
                && (to == null || row.recordedAt().isBefore(to))
                && (before == null || row.id() < before)
                && (operation == null || row.operation() == operation)
                && (key == null || row.key().equals(key));
    }
}
