package io.quotaguard.alert;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Window;
import io.quotaguard.spi.AlertStore.Claimed;
import java.util.concurrent.atomic.AtomicInteger;

/** One alert on its way to all listeners of this JVM. Thread-safe. */
final class Delivery {
    private final Claimed claimed;
    private final long claim;
    private final AtomicInteger outstanding;
    private volatile boolean failed;

    /**
     * Starts the way of one alert.
     *
     * @param claim the number of the claim that brought it
     * @param listeners how many have to be done with it
     */
    Delivery(Claimed claimed, long claim, int listeners) {
        this.claimed = claimed;
        this.claim = claim;
        this.outstanding = new AtomicInteger(listeners);
    }

    Alert alert() {
        return claimed.alert();
    }

    int attempts() {
        return claimed.attempts();
    }

    long claim() {
        return claim;
    }

    boolean failed() {
        return failed;
    }

    /** Notes that one listener is done; returns whether it was the last. */
    boolean done(boolean success) {
        if (!success) {
            failed = true;
        }
        return outstanding.decrementAndGet() == 0;
    }

    CounterName counter() {
        return new CounterName(alert().subject(), alert().feature(), alert().window());
    }

    /** Names the counter, whose alerts must arrive in order. */
    record CounterName(String subject, String feature, Window window) {}
}
