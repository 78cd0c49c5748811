package io.quotaguard.model;

/**
 * The arithmetic of amounts (R6): whole units, capped so that every store agrees on every sum.
 *
 * <p>The cap is the largest integer that a double holds exactly, because one of the stores computes in Lua.
 */
public final class Units {
    /** The largest amount, limit and sum: 2<sup>53</sup> − 1 units. */
    public static final long MAX = (1L << 53) - 1;

    private Units() {}

    /**
     * Returns {@code amount} when it can be charged.
     *
     * @throws InvalidQuotaArgumentException when it is not in 1 … {@link #MAX}
     */
    public static long requireAmount(long amount) {
        if (amount < 1 || amount > MAX) {
            throw InvalidQuotaArgumentException.of(
                    "R6",
                    "amount",
                    amount,
                    "is not in 1 … " + MAX + "; usage is reduced by a correction, not by a charge");
        }
        return amount;
    }

    /** Tells whether {@code usedPercent >= percent} of {@code limit}, in exact integers (R26); 1000 % of the cap still fits a long. */
    public static boolean reaches(long used, int percent, long limit) {
        return used * 100 >= percent * limit;
    }
}
