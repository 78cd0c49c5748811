package io.quotaguard.model;

import java.util.Arrays;
import java.util.List;

/**
 * The percentages of a limit at which alerts fire, ascending and distinct, each in 1 … 1000 %. Immutable.
 *
 * @param percents the percentages; an empty list means no alerts
 */
public record Thresholds(List<Integer> percents) {
    /** 80, 95 and 100 %. */
    public static final Thresholds DEFAULT = of(80, 95, 100);

    /** No alerts. */
    public static final Thresholds NONE = new Thresholds(List.of());

    public Thresholds {
        int previous = 0;
        for (Integer each : InvalidQuotaArgumentException.required("thresholds", percents)) {
            int percent = InvalidQuotaArgumentException.required("threshold", each);
            if (percent < 1 || percent > 1000) {
                throw InvalidQuotaArgumentException.of("R26", "threshold", percent, "is not in 1 … 1000 percent");
            }
            if (percent <= previous) {
                throw InvalidQuotaArgumentException.of(
                        "R27", "thresholds", percents, "are not in ascending order without repeats");
            }
            previous = percent;
        }
        percents = List.copyOf(percents);
    }

    /** Returns the thresholds at {@code percents}. */
    public static Thresholds of(Integer... percents) {
        return new Thresholds(Arrays.asList(InvalidQuotaArgumentException.required("thresholds", percents)));
    }
}
