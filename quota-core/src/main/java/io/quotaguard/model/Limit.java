package io.quotaguard.model;

import java.util.OptionalLong;

/**
 * How many units a window holds: a number from 0 to {@link Units#MAX}, or unlimited.
 *
 * <p>Zero is a limit that refuses everything; unlimited is a limit that refuses nothing; a feature that a plan does not
 * have at all is neither, and is told apart by {@link Standing} (R4). Immutable.
 *
 * @param units the number of units, or −1 for unlimited: the form used at the edges (files, SQL, JSON)
 */
public record Limit(long units) {
    private static final Limit UNLIMITED = new Limit(-1);

    public Limit {
        if (units < -1 || units > Units.MAX) {
            throw InvalidQuotaArgumentException.of(
                    "R4", "limit", units, "is not in 0 … " + Units.MAX + ", and not -1 for unlimited");
        }
    }

    /** Returns the limit of {@code units}; −1 means unlimited. */
    public static Limit of(long units) {
        return units == -1 ? UNLIMITED : new Limit(units);
    }

    /** Returns the limit that refuses nothing. */
    public static Limit unlimited() {
        return UNLIMITED;
    }

    public boolean isUnlimited() {
        return units < 0;
    }

    /** Returns this limit with {@code units} on top of it, never more than the largest sum. */
    public Limit plus(long units) {
        return isUnlimited() || units == 0 ? this : Limit.of(Math.min(Units.MAX, this.units + units));
    }

    /** Tells whether {@code amount} more units fit beside those {@code taken} (R1), without ever overflowing. */
    public boolean admits(long taken, long amount) {
        return isUnlimited() || (taken <= units && amount <= units - taken);
    }

    /** Returns what is left beside {@code taken} units: never negative, and empty when unlimited (R5). */
    public OptionalLong remaining(long taken) {
        return isUnlimited() ? OptionalLong.empty() : OptionalLong.of(Math.max(0, units - taken));
    }

    /** Returns how many of the last {@code amount} units lie above this limit, when {@code used} are used in all (R41). */
    public long overage(long used, long amount) {
        return isUnlimited() ? 0 : Math.max(0, Math.min(amount, used - units));
    }

    /** Tells whether {@code used} units reach {@code percent} of this limit; unlimited and zero have no percentages (R31). */
    public boolean reached(long used, int percent) {
        return units > 0 && Units.reaches(used, percent, units);
    }

    /** Tells whether this limit is lower than {@code other}. */
    public boolean isBelow(Limit other) {
        return !isUnlimited() && (other.isUnlimited() || units < other.units);
    }

    @Override
    public String toString() {
        return isUnlimited() ? "unlimited" : Long.toString(units);
    }
}
