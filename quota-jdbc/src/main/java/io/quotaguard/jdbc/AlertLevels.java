package io.quotaguard.jdbc;

import io.quotaguard.model.Limit;
import io.quotaguard.model.Thresholds;
import io.quotaguard.spi.Terms;
import java.util.List;

/** The usages at which the alerts of a counter fire, in units (R26). */
final class AlertLevels {
    private static final long[] NONE = {};
    /** Every percent of a limit below it is reached, so a counter that has not got this far fires nothing. */
    private static final long NEVER = Long.MAX_VALUE;

    private AlertLevels() {}

    /** Returns one level for each threshold, ascending; none where the limit has no percentages (R31). */
    static long[] of(Terms terms) {
        List<Integer> percents = terms.thresholds().percents();
        long limit = terms.limit().units();
        if (limit < 1 || percents.isEmpty()) {
            return NONE;
        }
        long[] levels = new long[percents.size()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = level(percents.get(i), limit);
        }
        return levels;
    }

    /** Returns the usage from which on an alert may have to fire; grants only put it off. */
    static long first(Terms terms) {
        return first(terms.limit(), terms.thresholds());
    }

    /** Returns the usage from which on an alert may have to fire; grants only put it off. */
    static long first(Limit limit, Thresholds thresholds) {
        List<Integer> percents = thresholds.percents();
        long units = limit.units();
        return units < 1 || percents.isEmpty() ? NEVER : level(percents.get(0), units);
    }

    private static long level(long percent, long limit) {
        return (percent * limit + 99) / 100;
    }
}
