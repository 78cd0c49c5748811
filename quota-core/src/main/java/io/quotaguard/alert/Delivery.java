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
    private volatile Result result = Result.TAKEN;

    /** What became of an alert, the worst last. */
    enum Result {
        /** The listener has dealt with it. */
        TAKEN,
        /** It never came to the listener, which is not the alert's fault. */
        NOT_TRIED,
        /** The listener threw. */
        FAILED
    }

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

    /** Returns the worst of the listeners' results. */
    Result result() {
        return result;
    }

    /** Notes that one listener is done; returns whether it was the last. */
    boolean done(Result ofOne) {
        synchronized (outstanding) {
            if (ofOne.compareTo(result) > 0) {
                result = ofOne;
            }
        }
        return outstanding.decrementAndGet() == 0;
    }

    CounterName counter() {
        return new CounterName(alert().subject(), alert().feature(), alert().window());
    }

    /** Names the counter, whose alerts must arrive in order. */
    record CounterName(String subject, String feature, Window window) {}
}
