package io.quotaguard.redis;

import io.quotaguard.model.QuotaException;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that looks how far the ledger is behind, and tells the host's listener. Thread-safe. */
final class LagWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);
    private static final Duration RAREST = Duration.ofSeconds(1);
    private static final Duration OFTENEST = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Lag lag;
    private final Settings settings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "quota-redis-lag");
    private boolean behind;
    private long setAside;

    /**
     * Who is told of which lag.
     *
     * @param after how long the oldest use may wait for the ledger before it is told
     */
    record Settings(Duration after, DrainLagListener listener) {}

    LagWatch(Lag lag, Settings settings) {
        this.lag = lag;
        this.settings = settings;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        Duration half = settings.after().dividedBy(2);
        Duration pause = half.compareTo(RAREST) > 0 ? RAREST : half.compareTo(OFTENEST) < 0 ? OFTENEST : half;
        try {
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            LOG.debug("the watch over the drain ends");
        }
    }

    private void look() {
        try {
            DrainLag found = lag.read(Deadline.after(TIMEOUT));
            boolean late = found.oldest().compareTo(settings.after()) > 0;
            if (late != behind) {
                behind = late;
                tell(late ? settings.listener()::onLag : settings.listener()::onCaughtUp, found);
            }
            if (found.setAside() > setAside) {
                tell(settings.listener()::onSetAside, found);
            }
            setAside = found.setAside();
        } catch (QuotaException e) {
            LOG.debug("how far the ledger is behind cannot be read now", e);
        }
    }

    private void tell(Consumer<DrainLag> method, DrainLag found) {
        try {
            method.accept(found);
        } catch (Throwable e) {
            LOG.error(
                    "drain lag listener {} failed on {}",
                    settings.listener().getClass().getName(),
                    found,
                    e);
        }
    }

    /** Ends the thread; a listener at work is interrupted. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
