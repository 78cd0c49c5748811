package io.quotaguard.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the use of a feature leads if it goes on as it did. Immutable.
 *
 * <p>The method is a straight line: the units that the ledger holds for the window, over the time since the window began,
 * and for a window that never ends over the time since its first use. It knows nothing of nights and weekends.
 *
 * @param subject whose
 * @param feature of what
 * @param window the current window
 * @param limit units per window, grants included
 * @param used units used of it, by the ledger
 * @param since from when the rate is taken, or null when nothing was used
 * @param asOf when it was read, on the store's clock
 */
public record Forecast(
        String subject,
        String feature,
        Window window,
        Limit limit,
        long used,
        @Nullable Instant since,
        Instant asOf) {
    private static final double DAY = 24 * 3600 * 1e9;

    /** Returns the share of the window that has passed, 0 to 1; 0 for a window that never ends. */
    public double windowPassed() {
        Instant end = window.end();
        return end == null ? 0 : nanos(window.start(), asOf) / nanos(window.start(), end);
    }

    /** Returns the share of the limit that is used, 1 for all of it; 0 when unlimited, 1 for a limit of zero. */
    public double limitUsed() {
        if (limit.isUnlimited()) {
            return 0;
        }
        return limit.units() == 0 ? 1 : (double) used / limit.units();
    }

    /** Returns how many units are used a day, at the present rate. */
    public double unitsPerDay() {
        return since == null || used <= 0 || !since.isBefore(asOf) ? 0 : used / nanos(since, asOf) * DAY;
    }

    /** Returns when the limit is reached at the present rate: now if it is; empty when the window ends before, or never. */
    public Optional<Instant> exhaustedAt() {
        if (limit.isUnlimited()) {
            return Optional.empty();
        } else if (used >= limit.units()) {
            return Optional.of(asOf);
        }
        double perDay = unitsPerDay();
        double days = (limit.units() - used) / perDay;
        // Beyond a thousand years a rate of today says nothing, and a clock might not either.
        if (perDay == 0 || days > 365_000) {
            return Optional.empty();
        }
        Instant at = asOf.plusSeconds((long) (days * 24 * 3600));
        return Optional.of(at).filter(then -> window.end() == null || then.isBefore(window.end()));
    }

    private static double nanos(Instant from, Instant to) {
        Duration between = Duration.between(from, to);
        return between.getSeconds() * 1e9 + between.getNano();
    }
}
