package io.quotaguard.torture.load;

import io.quotaguard.QuotaGuard;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits until a guard with a listener has emptied the outbox. */
public final class LastDelivery {
    private LastDelivery() {}

    /** Returns when no alert is unsent, or when {@code patience} is over: what then is left was not delivered. */
    public static void await(QuotaGuard guard, Duration patience) throws InterruptedException {
        long start = System.nanoTime();
        while (!guard.alerts().unsent(1).isEmpty() && System.nanoTime() - start < patience.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
