package io.quotaguard.memory;

import io.quotaguard.model.Alert;
import java.time.Instant;

/** One alert in the outbox. Guarded by the outbox's lock. */
final class AlertSlot {
    private final AlertLane lane;
    private Alert alert;
    private Instant dueAt = Instant.MIN;
    private int attempts;

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

    void waitUntil(Instant instant) {
        dueAt = instant;
    }

    /** Leases it out; returns how often that happened before. */
    int claim(Instant leaseEnd) {
        dueAt = leaseEnd;
        return attempts++;
    }

    void markSent() {
        alert = new Alert(
                alert.id(),
                alert.subject(),
                alert.feature(),
                alert.window(),
                alert.threshold(),
                alert.generation(),
                alert.used(),
                alert.limit(),
                alert.firedAt(),
                true);
    }
}
