package io.quotaguard.torture.history;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Window;

/**
 * An alert in the hands of a listener.
 *
 * @param node the process whose listener it is
 * @param nanos when, on the time line of all processes of the machine
 * @param id the alert's, with what else makes it the one that it is (R28)
 */
public record Delivery(
        String node,
        long nanos,
        Stage stage,
        long id,
        String subject,
        String feature,
        Window window,
        int threshold,
        long generation) {

    /** How far it came. */
    public enum Stage {
        /** The listener was called. */
        HANDED,
        /** The listener took it, and was about to return. */
        TAKEN,
        /** The listener was about to throw. */
        FAILED
    }

    /** Returns what a listener writes down about an alert. */
    public static Delivery of(String node, Alert alert, Stage stage) {
        return new Delivery(
                node,
                System.nanoTime(),
                stage,
                alert.id(),
                alert.subject(),
                alert.feature(),
                alert.window(),
                alert.threshold(),
                alert.generation());
    }
}
