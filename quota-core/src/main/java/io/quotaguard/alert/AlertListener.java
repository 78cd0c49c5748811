package io.quotaguard.alert;

import io.quotaguard.model.Alert;

/**
 * A host's ear for alerts, registered on the guard's builder or found by {@link java.util.ServiceLoader} (R33).
 *
 * <p>Each alert comes at least once, and those of one counter in the order in which they fired. Each listener is called
 * on a thread of its own, one alert at a time, never on the thread of the call that fired the alert. What it throws is
 * logged, and the alert comes again later.
 */
@FunctionalInterface
public interface AlertListener {
    /**
     * Takes an alert; returning normally says that it was dealt with.
     *
     * @throws Exception to have the alert again later
     */
    void onAlert(Alert alert) throws Exception;
}
