package io.quotaguard.memory;

import io.quotaguard.spi.AlertStore.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that have something to deliver, so that a claim costs what it takes and not what is kept. Guarded by the
 * outbox's lock.
 *
 * <p>A lane's place depends on its head: take it out before the head changes and put it back afterwards.
 */
final class ClaimQueue {
    private static final Comparator<AlertLane> BY_ID = Comparator.comparingLong(AlertLane::headId);

    /** Lanes whose head may be claimed, the oldest alert first. */
    private final TreeSet<AlertLane> due = new TreeSet<>(BY_ID);
    /** Lanes whose head is fresh, or waits for the end of a lease or a delay. */
    private final TreeSet<AlertLane> waiting =
            new TreeSet<>(Comparator.comparing(AlertLane::headDueAt).thenComparing(BY_ID));
    /** Lanes whose head is in a dispatcher's hands, which alone may go on with what follows. */
    private final Map<String, Set<AlertLane>> byHolder = new HashMap<>();

    void put(AlertLane lane) {
        AlertSlot head = lane.head();
        if (head != null) {
            waiting.add(lane);
            String holder = head.holder();
            if (holder != null) {
                byHolder.computeIfAbsent(holder, absent -> new LinkedHashSet<>())
                        .add(lane);
            }
        }
    }

    void remove(AlertLane lane) {
        AlertSlot head = lane.head();
        if (head != null) {
            if (!waiting.remove(lane)) {
                due.remove(lane);
            }
            release(lane, head.holder());
        }
    }

    private void release(AlertLane lane, @Nullable String holder) {
        if (holder != null) {
            byHolder.computeIfPresent(holder, (same, lanes) -> {
                lanes.remove(lane);
                return lanes.isEmpty() ? null : lanes;
            });
        }
    }

    /** Leases the oldest alerts that {@code dispatcher} may claim at {@code now}; returns them by id. */
    List<Claimed> claim(String dispatcher, int max, Instant now, Duration lease) {
        while (!waiting.isEmpty() && !waiting.first().headDueAt().isAfter(now)) {
            due.add(waiting.pollFirst());
        }
        Set<AlertLane> moved = continuing(dispatcher, now);
        Instant leaseEnd = now.plus(lease);
        List<Claimed> claimed = new ArrayList<>();
        while (claimed.size() < max && !due.isEmpty()) {
            AlertLane lane = due.first();
            if (moved.add(lane)) {
                remove(lane);
            } else {
                due.remove(lane);
            }
            AlertSlot head = lane.head();
            // A head further on may still wait although the one before it is due.
            if (head != null && !head.dueAt().isAfter(now)) {
                claimed.add(new Claimed(head.alert(), head.claim(dispatcher, leaseEnd)));
                lane.moveOn();
                lane.passHeldBy(dispatcher, now);
                if (lane.head() != null) {
                    due.add(lane);
                }
            }
        }
        for (AlertLane lane : moved) {
            if (lane.head() != null) {
                due.remove(lane);
            }
            lane.restart();
            put(lane);
        }
        return claimed;
    }

    /** Moves the lanes in the dispatcher's hands on to what follows there, among those that are due. */
    private Set<AlertLane> continuing(String dispatcher, Instant now) {
        Set<AlertLane> lanes = new LinkedHashSet<>(byHolder.getOrDefault(dispatcher, Set.of()));
        lanes.removeIf(lane -> !lane.headDueAt().isAfter(now));
        for (AlertLane lane : lanes) {
            remove(lane);
            lane.passHeldBy(dispatcher, now);
            if (lane.head() != null) {
                due.add(lane);
            }
        }
        return lanes;
    }
}
