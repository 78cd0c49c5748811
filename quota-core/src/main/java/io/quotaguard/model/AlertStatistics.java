package io.quotaguard.model;

import java.util.EnumMap;
import java.util.Map;

/**
 * How many alerts fired, by level.
 *
 * @param fired alerts by level; a level that never fired is there with 0
 * @param unsent how many of them are not marked sent, the parked ones included
 * @param unread how many of them nobody has read
 * @param parked how many of them are parked: delivery was given up
 */
public record AlertStatistics(Map<AlertLevel, Long> fired, long unsent, long unread, long parked) {
    public AlertStatistics {
        Map<AlertLevel, Long> all = new EnumMap<>(AlertLevel.class);
        for (AlertLevel level : AlertLevel.values()) {
            all.put(level, fired.getOrDefault(level, 0L));
        }
        fired = Map.copyOf(all);
    }

    /** Returns how many fired in all. */
    public long total() {
        return fired.values().stream().mapToLong(Long::longValue).sum();
    }
}
