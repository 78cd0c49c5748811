package io.quotaguard.model;

/**
 * That a feature is paid from a credit feature of the same plan, at a fixed rate: an article costs ten credits. Immutable.
 *
 * @param credits the credit feature, which draws from no other itself
 * @param rate credits for each unit, 1 … {@link #MAX_RATE}
 */
public record Draw(String credits, long rate) {
    /** The highest rate: a million credits for each unit. */
    public static final long MAX_RATE = 1_000_000;

    public Draw {
        Names.requireFeature(credits);
        if (rate < 1 || rate > MAX_RATE) {
            throw InvalidQuotaArgumentException.of(
                    "R6",
                    "rate of " + InvalidQuotaArgumentException.escape(credits),
                    rate,
                    "is not in 1 … " + MAX_RATE);
        }
    }

    @Override
    public String toString() {
        return rate + " × " + credits;
    }
}
