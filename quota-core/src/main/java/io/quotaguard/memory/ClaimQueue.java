package io.quotaguard.memory;

import io.quotaguard.spi.AlertStore.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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

    void put(AlertLane lane) {
        if (lane.head() != null) {
            waiting.add(lane);
        }
    }

    void remove(AlertLane lane) {
        if (lane.head() != null && !waiting.remove(lane)) {
            due.remove(lane);
        }
    }

    /** Leases the oldest alerts that may be claimed at {@code now}; returns them by id. */
    List<Claimed> claim(int max, Instant now, Duration lease) {
        while (!waiting.isEmpty() && !waiting.first().headDueAt().isAfter(now)) {
            due.add(waiting.pollFirst());
        }
        Instant leaseEnd = now.plus(lease);
        List<Claimed> claimed = new ArrayList<>();
        Set<AlertLane> moved = new LinkedHashSet<>();
        while (claimed.size() < max && !due.isEmpty()) {
            AlertLane lane = due.pollFirst();
            moved.add(lane);
            AlertSlot head = lane.head();
            if (head != null && !head.dueAt().isAfter(now)) {
                claimed.add(new Claimed(head.alert(), head.claim(leaseEnd)));
                lane.moveOn();
                // The next alert of the lane may go along, since all before it are in this claim.
                if (lane.head() != null) {
                    due.add(lane);
                }
            }
        }
        moved.forEach(this::putAtStart);
        return claimed;
    }

    private void putAtStart(AlertLane lane) {
        if (lane.head() != null) {
            due.remove(lane);
        }
        lane.restart();
        put(lane);
    }
}
