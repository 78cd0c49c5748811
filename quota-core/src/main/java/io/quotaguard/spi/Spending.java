package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Units;
import java.util.List;
import java.util.Map;

/**
 * What is charged out of a hold, and what it keeps. Immutable.
 *
 * <p>A spending may be carried out twice, as after a lost answer: uses whose keys are known are passed over, and a hold
 * never grows. Those of one hold are sent one after the other.
 *
 * @param uses in their order; up to {@link #MAX_USES}, perhaps none. Either all of their keys are new, or none is
 * @param left how many units are held afterwards, at most; with 0 the hold has ended
 */
public record Spending(List<Spent> uses, long left) {
    /** The most uses of one spending. */
    public static final int MAX_USES = 5_000;

    public Spending {
        uses = List.copyOf(uses);
        if (uses.size() > MAX_USES) {
            throw InvalidQuotaArgumentException.of("R45", "number of uses", uses.size(), "is above " + MAX_USES);
        }
        if (left < 0 || left > Units.MAX) {
            throw InvalidQuotaArgumentException.of("R6", "units left", left, "is not in 0 … " + Units.MAX);
        }
    }

    /**
     * One use.
     *
     * @param key its idempotency key, made for it alone
     * @param amount units
     * @param metadata what the caller attached
     */
    public record Spent(String key, long amount, Map<String, String> metadata) {}

    /** Returns the units of all uses. */
    public long units() {
        long units = 0;
        for (Spent use : uses) {
            units += use.amount();
        }
        return units;
    }
}
