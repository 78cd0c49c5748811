package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One alert in the outbox. Guarded by the outbox's lock. */
final class AlertSlot {
    private final AlertLane lane;
    private Alert alert;
    private Instant dueAt = Instant.MIN;
    private @Nullable String holder;
    private int attempts;
    private int failures;

    AlertSlot(AlertLane lane, Alert alert) {
        this.lane = lane;
        this.alert = alert;
    }

    AlertLane lane() {
        return lane;
    }

    Alert alert() {
        return alert;
    }

    long id() {
        return alert.id();
    }

    /** Returns when it may be claimed: the end of a lease or of a delay; at once when it is fresh. */
    Instant dueAt() {
        return dueAt;
    }

    /** Gives it back, not to be claimed before {@code instant}. */
    void putOff(Instant instant) {
        dueAt = instant;
        holder = null;
    }

    /** Leases it out; returns how often that happened before. */
    int claim(String dispatcher, Instant leaseEnd) {
        dueAt = leaseEnd;
        holder = dispatcher;
        return attempts++;
    }

    /** Returns who claimed it last and has not put it off, or null. */
    @Nullable
    String holder() {
        return holder;
    }

    boolean isHeldBy(String dispatcher, Instant now) {
        return dispatcher.equals(holder) && dueAt.isAfter(now);
    }

    void markSent() {
        alert = alert.withSent(true);
    }

    void markRead() {
        alert = alert.withRead(true);
    }

    /** Counts one more failure of its delivery; returns how many there are now. */
    int fail() {
        return ++failures;
    }

    void park() {
        alert = alert.withParked(true);
    }

    /** Begins anew, to be claimed at once. */
    void retry() {
        alert = alert.withParked(false);
        failures = 0;
        putOff(Instant.MIN);
    }
}
