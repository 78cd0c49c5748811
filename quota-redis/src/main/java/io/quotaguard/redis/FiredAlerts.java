package io.quotaguard.redis;

import io.quotaguard.model.Alert;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Alerts that posts have just fired, by the entry of the stream, for the callers who wait for them. Those of entries that nobody
 * here waits for make room for newer ones; the outbox has them all. Thread-safe.
 */
final class FiredAlerts {
    private static final int MOST = 4096;

    private final Map<String, List<Alert>> byEntry = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Alert>> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(String entry, List<Alert> alerts) {
        if (!alerts.isEmpty()) {
            byEntry.put(entry, alerts);
        }
    }

    synchronized List<Alert> take(String entry) {
        List<Alert> alerts = byEntry.remove(entry);
        return alerts == null ? List.of() : alerts;
    }
}
