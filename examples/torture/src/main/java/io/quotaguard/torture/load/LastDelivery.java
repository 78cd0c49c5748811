package io.quotaguard.torture.load;

import io.quotaguard.QuotaGuard;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.torture.history.HistoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Delivers what no process has delivered, or has not said so, when all is healed. */
public final class LastDelivery {
    private static final String NODE = "dispatcher";

    private LastDelivery() {}

    /**
     * Delivers until no alert is unsent, or until {@code patience} is over: what then is left was not delivered.
     *
     * @param folder where it is written down what a listener was given
     * @return the file
     */
    public static Path of(QuotaStore store, Path folder, Duration timeout, Duration patience)
            throws IOException, InterruptedException {
        Path file = folder.resolve(NODE);
        try (HistoryFile history = new HistoryFile(file);
                QuotaGuard guard = QuotaGuard.builder(store)
                        .timeout(timeout)
                        .alertPollInterval(Duration.ofMillis(50))
                        .listener(Listener.steady(history, NODE))
                        .build()) {
            long start = System.nanoTime();
            while (!guard.alerts().unsent(1).isEmpty() && System.nanoTime() - start < patience.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        return file;
    }
}
