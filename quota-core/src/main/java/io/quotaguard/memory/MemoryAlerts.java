package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertLevel;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The outbox. Thread-safe: a decision only drops its alerts into a lock-free inbox; whoever reads or delivers sorts them
 * in under a lock that no decision ever waits for.
 */
final class MemoryAlerts implements AlertStore {
    private final InstantSource clock;
    private final Budget budget;
    private final TimedLock lock = new TimedLock();
    /** In the order in which things happened to each counter: what fires there, and at last that it is forgotten. */
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    private final Journal<AlertSlot> all = new Journal<>();
    private final Journal<AlertSlot> unsent = new Journal<>();
    private final Journal<AlertSlot> unread = new Journal<>();
    private final Journal<AlertSlot> parked = new Journal<>();
    private final ClaimQueue queue = new ClaimQueue();

    MemoryAlerts(InstantSource clock, Budget budget) {
        this.clock = clock;
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    /** Takes over what fired for a counter, in the order of its firing: the caller holds the meter. Never waits. */
    void fire(WindowCounter counter, List<Alert> alerts) {
        for (Alert alert : alerts) {
            AlertSlot slot = new AlertSlot(counter.lane(), alert);
            inbox.add(() -> admit(slot));
        }
    }

    /** Drops the alerts of a counter that is past its retention, sent or not (R10). Never waits. */
    void forget(WindowCounter counter) {
        inbox.add(() -> drop(counter.lane()));
        // Without a dispatcher nobody else might ever sort the inbox in.
        if (lock.tryLock()) {
            try {
                sortIn();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public List<Claimed> claim(String dispatcher, int max, Duration lease, Deadline deadline) {
        enter(deadline);
        try {
            return queue.claim(dispatcher, max, clock.instant(), lease);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int markSent(Collection<Long> ids, Deadline deadline) {
        enter(deadline);
        try {
            int marked = 0;
            for (long id : ids) {
                AlertSlot slot = unsent.get(id);
                if (slot != null) {
                    unsent.remove(id, slot.alert().subject());
                    parked.remove(id, slot.alert().subject());
                    leave(slot);
                    slot.markSent();
                    marked++;
                }
            }
            return marked;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int markRead(Collection<Long> ids, Deadline deadline) {
        enter(deadline);
        try {
            int marked = 0;
            for (long id : ids) {
                AlertSlot slot = unread.get(id);
                if (slot != null) {
                    unread.remove(id, slot.alert().subject());
                    slot.markRead();
                    marked++;
                }
            }
            return marked;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void putOff(Collection<Long> ids, Duration delay, Deadline deadline) {
        enter(deadline);
        try {
            Instant dueAt = clock.instant().plus(delay);
            for (long id : ids) {
                AlertSlot slot = unsent.get(id);
                if (slot != null && !slot.alert().parked()) {
                    putOff(slot, dueAt);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void putOff(AlertSlot slot, Instant dueAt) {
        queue.remove(slot.lane());
        slot.putOff(dueAt);
        queue.put(slot.lane());
    }

    @Override
    public boolean fail(long id, Duration delay, int most, Deadline deadline) {
        enter(deadline);
        try {
            AlertSlot slot = unsent.get(id);
            if (slot == null || slot.alert().parked()) {
                return false;
            }
            if (slot.fail() < most) {
                putOff(slot, clock.instant().plus(delay));
                return false;
            }
            leave(slot);
            slot.park();
            parked.put(id, slot.alert().subject(), slot);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int retry(Collection<Long> ids, Deadline deadline) {
        enter(deadline);
        try {
            int retried = 0;
            for (long id : ids) {
                AlertSlot slot = parked.get(id);
                if (slot != null) {
                    parked.remove(id, slot.alert().subject());
                    queue.remove(slot.lane());
                    slot.retry();
                    slot.lane().rejoin(slot);
                    queue.put(slot.lane());
                    retried++;
                }
            }
            return retried;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int purge(Instant before, int most, Deadline deadline) {
        enter(deadline);
        try {
            List<AlertSlot> gone = all.of(null).values().stream()
                    .filter(slot ->
                            slot.alert().sent() && slot.alert().firedAt().isBefore(before))
                    .limit(most)
                    .toList();
            for (AlertSlot slot : gone) {
                slot.lane().remove(slot);
                remove(slot);
            }
            budget.giveBack(gone.size());
            return gone.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Alert> list(Optional<String> subject, Which which, long afterId, int limit, Deadline deadline) {
        enter(deadline);
        try {
            Journal<AlertSlot> journal = switch (which) {
                case ALL -> all;
                case UNSENT -> unsent;
                case UNREAD -> unread;
                case PARKED -> parked;
            };
            List<Alert> alerts = new ArrayList<>();
            for (AlertSlot slot :
                    journal.of(subject.orElse(null)).tailMap(afterId, false).values()) {
                if (alerts.size() >= limit) {
                    break;
                }
                alerts.add(slot.alert());
            }
            return alerts;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public AlertStatistics statistics(Optional<String> subject, Deadline deadline) {
        enter(deadline);
        try {
            @Nullable String name = subject.orElse(null);
            Map<AlertLevel, Long> fired = new EnumMap<>(AlertLevel.class);
            for (AlertSlot slot : all.of(name).values()) {
                fired.merge(slot.alert().level(), 1L, Long::sum);
            }
            return new AlertStatistics(
                    fired,
                    unsent.of(name).size(),
                    unread.of(name).size(),
                    parked.of(name).size());
        } finally {
            lock.unlock();
        }
    }

    private void enter(Deadline deadline) {
        lock.acquire(deadline, "the alert outbox", null);
        sortIn();
    }

    private void sortIn() {
        Runnable next = inbox.poll();
        while (next != null) {
            next.run();
            next = inbox.poll();
        }
    }

    private void admit(AlertSlot slot) {
        String subject = slot.alert().subject();
        all.put(slot.id(), subject, slot);
        unsent.put(slot.id(), subject, slot);
        unread.put(slot.id(), subject, slot);
        queue.remove(slot.lane());
        slot.lane().add(slot);
        queue.put(slot.lane());
    }

    private void drop(AlertLane lane) {
        queue.remove(lane);
        lane.all().forEach(this::remove);
        budget.giveBack(lane.all().size());
    }

    private void remove(AlertSlot slot) {
        for (Journal<AlertSlot> journal : List.of(all, unsent, unread, parked)) {
            journal.remove(slot.id(), slot.alert().subject());
        }
    }

    /** Lets the later alerts of its counter go on without it. */
    private void leave(AlertSlot slot) {
        queue.remove(slot.lane());
        slot.lane().leave(slot);
        queue.put(slot.lane());
    }
}
