package io.quotaguard.jdbc;

import io.quotaguard.spi.CatalogStore.Registration;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who asked that the catalog may have changed, from the server's notifications. Thread-safe.
 *
 * <p>One daemon thread listens on one connection from the first registration on. Notifications that are sent while there
 * is no connection are lost, so each new connection counts as a hint too.
 */
final class ChangeHints implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeHints.class);

    private static final String SUFFIX = "_catalog";
    /** The longest name of a channel. */
    private static final int MAX_CHANNEL_LENGTH = 63;

    /** After so long a silence the connection is tried, lest a dead one be listened to for ever. */
    private static final int SILENCE_MILLIS = 5_000;

    private static final int REPLY_TIMEOUT_SECONDS = 5;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long PATIENCE_AT_CLOSE_MILLIS = 900;

    private final @Nullable DataSource dataSource;
    private final String channel;
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();

    private @Nullable Thread thread;
    private @Nullable Connection connection;
    private boolean closed;

    /**
     * Makes the hints of one schema.
     *
     * @param dataSource where the connection comes from; null for no hints at all
     */
    ChangeHints(@Nullable DataSource dataSource, String schema) {
        this.dataSource = dataSource;
        // Two schemas may come to share a channel when their names are very long: hints for nothing, and no harm.
        int kept = Math.min(schema.length(), MAX_CHANNEL_LENGTH - SUFFIX.length());
        this.channel = schema.substring(0, kept) + SUFFIX;
    }

    String channel() {
        return channel;
    }

    Registration register(Runnable hint) {
        // A registration of its own, since the same hint may be registered twice.
        Runnable own = hint::run;
        hints.add(own);
        start();
        return () -> hints.remove(own);
    }

    private synchronized void start() {
        if (dataSource != null && thread == null && !closed) {
            thread = new Thread(() -> run(dataSource), "quotaguard-jdbc-hints");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(DataSource source) {
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (!isClosed()) {
            try (Connection open = source.getConnection()) {
                if (!adopt(open)) {
                    return;
                }
                listen(open);
                pauseMillis = FIRST_PAUSE_MILLIS;
                hint();
                passOn(open);
            } catch (SQLException | RuntimeException e) {
                if (isClosed()) {
                    return;
                }
                log.warn(
                        "No hints of catalog changes for now; trying again in {} ms: {}", pauseMillis, Faults.text(e));
            }
            if (!pause(pauseMillis)) {
                return;
            }
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    private void listen(Connection open) throws SQLException {
        open.setAutoCommit(true);
        open.setNetworkTimeout(Runnable::run, (int) TimeUnit.SECONDS.toMillis(REPLY_TIMEOUT_SECONDS));
        try (Statement statement = open.createStatement()) {
            // Lower-case letters, digits and _ alone: what is left of a schema's checked name.
            statement.execute("LISTEN " + channel);
        }
    }

    private void passOn(Connection open) throws SQLException {
        PGConnection notified = open.unwrap(PGConnection.class);
        while (!isClosed()) {
            if (notified.getNotifications(SILENCE_MILLIS).length > 0) {
                hint();
            } else if (!open.isValid(REPLY_TIMEOUT_SECONDS)) {
                throw new SQLException("the connection is dead");
            }
        }
    }

    private void hint() {
        for (Runnable hint : hints) {
            try {
                hint.run();
            } catch (RuntimeException | LinkageError | AssertionError e) {
                log.error("A hint of catalog changes failed", e);
            }
        }
    }

    private synchronized boolean adopt(Connection open) {
        connection = open;
        return !closed;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean pause(long millis) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            for (long left = endNanos - System.nanoTime(); left > 0 && !closed; left = endNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            // Only close() knows this thread; a hint that interrupted it must not end the hints.
            return !closed;
        }
        return !closed;
    }

    /** Ends the thread and its connection; the data source is the host's. */
    @Override
    public void close() {
        Thread running;
        Connection open;
        synchronized (this) {
            closed = true;
            running = thread;
            open = connection;
            notifyAll();
        }
        if (running == null) {
            return;
        }
        try {
            if (open != null) {
                // Not close(): the thread sits in a read, which only the end of the socket wakes.
                open.abort(Runnable::run);
            }
        } catch (SQLException e) {
            log.debug("The listening connection could not be aborted: {}", Faults.text(e));
        }
        running.interrupt();
        try {
            running.join(PATIENCE_AT_CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
