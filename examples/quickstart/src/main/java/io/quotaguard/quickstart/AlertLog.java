package io.quotaguard.quickstart;

import io.quotaguard.alert.AlertListener;
import io.quotaguard.model.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps the alerts that the guard delivers; a host would send a mail. Thread-safe. */
final class AlertLog implements AlertListener {
    private final Set<Long> seen = new HashSet<>();
    private final List<Alert> alerts = new ArrayList<>();

    @Override
    public synchronized void onAlert(Alert alert) {
        // Delivery is at least once: the id tells a repetition, so that nobody gets two mails.
        if (seen.add(alert.id())) {
            alerts.add(alert);
            notifyAll();
        }
    }

    /** Returns the alerts as they came: those of one counter in the order in which they fired. */
    synchronized List<Alert> received() {
        return List.copyOf(alerts);
    }

    /** Waits until {@code count} alerts came; returns false when they did not come in time. */
    synchronized boolean await(long count, Duration patience) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (alerts.size() < count) {
            long millis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
