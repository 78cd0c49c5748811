package io.quotaguard.model;

import static io.quotaguard.model.InvalidQuotaArgumentException.required;

import java.math.BigInteger;

/**
 * How far beyond its limit a feature may be used (R41). Immutable; equal when the {@link #code} is.
 *
 * @param kind what the extra is measured in
 * @param extra units or percent beyond the limit; 0 for {@link Kind#HARD} and {@link Kind#SOFT}
 */
public record Overage(Kind kind, long extra) {
    /** Nothing beyond the limit. */
    public static final Overage HARD = new Overage(Kind.HARD, 0);

    /** Anything beyond the limit; the units above it are marked. */
    public static final Overage SOFT = new Overage(Kind.SOFT, 0);

    /** The largest share beyond the limit, in percent. */
    public static final long MAX_PERCENT = 1_000;

    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    /** What bounds the overage. */
    public enum Kind {
        HARD,
        UNITS,
        PERCENT,
        SOFT
    }

    public Overage {
        required("kind of overage", kind);
        boolean bounded = kind == Kind.UNITS || kind == Kind.PERCENT;
        long most = kind == Kind.PERCENT ? MAX_PERCENT : Units.MAX;
        if (bounded ? extra < 1 || extra > most : extra != 0) {
            throw InvalidQuotaArgumentException.of(
                    "R41", "overage", extra, bounded ? "is not in 1 … " + most : "is not 0, which " + kind + " needs");
        }
    }

    /** Allows up to {@code units} beyond the limit. */
    public static Overage upTo(long units) {
        return new Overage(Kind.UNITS, units);
    }

    /** Allows up to {@code percent} of the limit beyond it, rounded down to whole units. */
    public static Overage upToPercent(long percent) {
        return new Overage(Kind.PERCENT, percent);
    }

    /**
     * Returns the overage that a {@link #code} names: {@code hard}, {@code soft}, {@code +100} or {@code +10%}.
     *
     * @throws InvalidQuotaArgumentException naming the code when it is none of these
     */
    public static Overage parse(String code) {
        if (required("overage", code).equals("hard")) {
            return HARD;
        } else if (code.equals("soft")) {
            return SOFT;
        } else if (!code.matches("\\+[0-9]{1,16}%?")) {
            throw new InvalidQuotaArgumentException("overage must be hard, soft, +100 or +10% (R41)", code);
        }
        boolean percent = code.endsWith("%");
        long extra = Long.parseLong(code, 1, code.length() - (percent ? 1 : 0), 10);
        return percent ? upToPercent(extra) : upTo(extra);
    }

    /** Returns the stable name under which stores and files keep this overage. */
    public String code() {
        return switch (kind) {
            case HARD -> "hard";
            case SOFT -> "soft";
            case UNITS -> "+" + extra;
            case PERCENT -> "+" + extra + "%";
        };
    }

    /** Returns how many units a window admits in all: the limit and what may go beyond it. */
    public Limit ceiling(Limit limit) {
        if (limit.isUnlimited() || kind == Kind.SOFT) {
            return Limit.unlimited();
        }
        long beyond = kind == Kind.PERCENT
                ? BigInteger.valueOf(limit.units())
                        .multiply(BigInteger.valueOf(extra))
                        .divide(HUNDRED)
                        .min(BigInteger.valueOf(Units.MAX))
                        .longValueExact()
                : extra;
        return Limit.of(Math.min(Units.MAX, limit.units() + beyond));
    }

    @Override
    public String toString() {
        return code();
    }
}
