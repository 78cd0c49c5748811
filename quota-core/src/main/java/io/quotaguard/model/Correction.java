package io.quotaguard.model;

import org.jspecify.annotations.Nullable;

/**
 * What to take back of an earlier use (R37): a refund of what failed. Immutable.
 *
 * <pre>{@code
 * Correction.ofKey("user-42", "publish_per_day", "batch-7").to(8)
 * }</pre>
 *
 * @param subject whose use, or null when the row says
 * @param feature of what, or null when the row says
 * @param key the key of the use, or null when the row says
 * @param row the number of the use's ledger row, or null when the key says
 * @param amount units that shall be left of the use, or to take back
 * @param absolute whether the amount is what shall be left
 */
public record Correction(
        @Nullable String subject,
        @Nullable String feature,
        @Nullable String key,
        @Nullable Long row,
        long amount,
        boolean absolute) {
    public Correction {
        if (row == null) {
            Names.requireSubject(subject);
            Names.requireFeature(feature);
            Names.requireKey(key);
        }
        if (amount < (absolute ? 0 : 1) || amount > Units.MAX) {
            throw InvalidQuotaArgumentException.of(
                    "R37",
                    absolute ? "amount to be left" : "amount to take back",
                    amount,
                    "is not in " + (absolute ? 0 : 1) + " … " + Units.MAX);
        }
    }

    /** Names the use by the key of its call. */
    public static Use ofKey(String subject, String feature, String key) {
        return new Use(Names.requireSubject(subject), Names.requireFeature(feature), Names.requireKey(key), null);
    }

    /** Names the use by the number of its ledger row. */
    public static Use ofRow(long id) {
        return new Use(null, null, null, id);
    }

    /** The use to correct. */
    public record Use(
            @Nullable String subject,
            @Nullable String feature,
            @Nullable String key,
            @Nullable Long row) {
        /** Leaves {@code units} of it, and takes back the rest; 0 takes back everything. */
        public Correction to(long units) {
            return new Correction(subject, feature, key, row, units, true);
        }

        /** Takes back {@code units} of it. */
        public Correction by(long units) {
            return new Correction(subject, feature, key, row, units, false);
        }
    }
}
