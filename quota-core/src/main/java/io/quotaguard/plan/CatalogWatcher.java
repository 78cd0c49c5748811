package io.quotaguard.plan;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.ChangeFeed;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.QuotaStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the catalog's changes from every node: keeps the cached entitlements warm, and tells the host's listeners.
 *
 * <p>Nothing depends on it for being right, since the store verifies every decision (R25). It saves the first call after a
 * change the detour over a stale answer. The store's hint only makes it look sooner; without one it looks at intervals.
 */
public final class CatalogWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogWatcher.class);
    private static final int PAGE = 500;

    private final QuotaStore store;
    private final Entitlements entitlements;
    private final List<PlanChangeListener> listeners;
    private final Settings settings;
    private final Semaphore wake = new Semaphore(0);
    private final CatalogStore.Registration hints;
    private final Thread thread;
    private volatile boolean closed;

    private @Nullable String cursor;
    private boolean failing;

    /**
     * How often and how long.
     *
     * @param pollInterval how often the changes are read when no hint comes
     * @param timeout how long one read may take (R45)
     */
    public record Settings(Duration pollInterval, Duration timeout) {}

    /** Starts to watch. */
    public CatalogWatcher(
            QuotaStore store, Entitlements entitlements, List<PlanChangeListener> listeners, Settings settings) {
        this.store = store;
        this.entitlements = entitlements;
        this.listeners = List.copyOf(listeners);
        this.settings = settings;
        if (!store.capabilities().shared()) {
            // In this very process, so it costs nothing, and not even the first change after the start is missed.
            cursor = store.catalog().changes(null, PAGE, deadline()).cursor();
        }
        this.hints = store.catalog().onHint(wake::release);
        this.thread = new Thread(this::watch, "quota-catalog-watcher");
        thread.setDaemon(true);
        thread.start();
    }

    private Deadline deadline() {
        return Deadline.after(settings.timeout());
    }

    private void watch() {
        while (!closed) {
            try {
                catchUp();
                failing = false;
            } catch (RuntimeException | Error e) {
                // Whatever it is, this thread goes on: without it no listener would ever hear of a change again.
                if (!failing && !closed) {
                    LOG.warn("changes of the catalog cannot be read now; trying again", e);
                }
                failing = true;
            }
            try {
                boolean hinted = wake.tryAcquire(settings.pollInterval().toNanos(), TimeUnit.NANOSECONDS);
                if (hinted) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void catchUp() {
        ChangeFeed feed;
        do {
            feed = store.catalog().changes(cursor, PAGE, deadline());
            for (CatalogEntry entry : feed.entries()) {
                refresh(entry);
                tell(entry);
            }
            cursor = feed.cursor();
        } while (feed.more() && !closed);
    }

    private void refresh(CatalogEntry entry) {
        switch (entry.entity()) {
            case PLAN -> learn(entry.name());
            case DEFAULT_PLAN -> entitlements.forgetAll();
            case SUBSCRIPTION, OVERRIDE, GRANT, MEMBERSHIP -> entitlements.forget(entry.name());
            case COUNTER -> {}
        }
    }

    private void learn(String code) {
        try {
            store.catalog().plan(code, deadline()).ifPresentOrElse(entitlements::learn, entitlements::forgetAll);
        } catch (QuotaException e) {
            // The change is told all the same, and once; who asks next reads the plan.
            LOG.debug("plan {} cannot be read now", InvalidQuotaArgumentException.escape(code), e);
            entitlements.forgetAll();
        }
    }

    private void tell(CatalogEntry entry) {
        for (PlanChangeListener listener : listeners) {
            try {
                listener.onChange(entry);
            } catch (Throwable e) {
                LOG.error(
                        "plan change listener {} failed on change {}",
                        listener.getClass().getName(),
                        entry.id(),
                        e);
            }
        }
    }

    /** Ends the watching; a listener at work is waited for a moment. */
    @Override
    public void close() {
        closed = true;
        hints.close();
        wake.release();
        try {
            thread.join(settings.timeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
