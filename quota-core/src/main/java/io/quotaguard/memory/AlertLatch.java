package io.quotaguard.memory;

import io.quotaguard.model.Limit;
import io.quotaguard.model.Thresholds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which thresholds of one counter have fired, and how often they were re-armed (R28, R29). Guarded by the meter's lock.
 */
final class AlertLatch {
    /** Ascending. */
    private List<Integer> fired = List.of();

    private long generation;

    /**
     * What a change of usage or limit does to the latch.
     *
     * @param kept what stays fired, ascending
     * @param newly what fires, ascending
     * @param rearms whether something that had fired is armed again
     */
    record Crossing(List<Integer> kept, List<Integer> newly, boolean rearms) {}

    /**
     * Returns what moving from {@code before} to {@code after} units does under the terms in force, or null when nothing.
     *
     * <p>What had fired stays so only while both ends reach it: a limit that was raised in between re-arms even when the
     * call itself climbs, and a reset re-arms what it falls below. A limit of zero has no percentages, so it neither
     * fires nor re-arms (R31).
     */
    @Nullable
    Crossing crossing(long before, long after, Limit limit, Thresholds thresholds) {
        if (limit.units() == 0) {
            return null;
        }
        int kept = reached(fired, Math.min(before, after), limit);
        List<Integer> newly = null;
        List<Integer> percents = thresholds.percents();
        int reached = reached(percents, after, limit);
        for (int i = 0; i < reached; i++) {
            Integer percent = percents.get(i);
            int place = fired.indexOf(percent);
            if (place < 0 || place >= kept) {
                newly = newly == null ? new ArrayList<>(reached) : newly;
                newly.add(percent);
            }
        }
        boolean rearms = kept < fired.size();
        if (newly == null && !rearms) {
            return null;
        }
        return new Crossing(fired.subList(0, kept), newly == null ? List.of() : newly, rearms);
    }

    /** Returns the thresholds that have fired and are not armed again, ascending. */
    List<Integer> fired() {
        return fired;
    }

    /** Carries out {@code crossing}; returns the generation in which its thresholds fire. */
    long turn(Crossing crossing) {
        if (crossing.rearms()) {
            generation++;
        }
        List<Integer> now = new ArrayList<>(crossing.kept());
        now.addAll(crossing.newly());
        now.sort(null);
        fired = List.copyOf(now);
        return generation;
    }

    /** Counts how many of {@code percents}, which ascend, are reached by {@code used}. */
    private static int reached(List<Integer> percents, long used, Limit limit) {
        int count = 0;
        while (count < percents.size() && limit.reached(used, percents.get(count))) {
            count++;
        }
        return count;
    }
}
