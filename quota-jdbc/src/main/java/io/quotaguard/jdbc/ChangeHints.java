package io.quotaguard.jdbc;

import io.quotaguard.spi.CatalogStore.Registration;
import io.quotaguard.spi.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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

    /** How soon the thread sees that the store is closed; the wait is a local read, without traffic. */
    private static final int LOOK_UP_MILLIS = 250;

    /** After so many looks in silence the connection is tried, lest a dead one be listened to for ever. */
    private static final int LOOKS_BEFORE_TRIAL = 20;

    private static final int REPLY_TIMEOUT_SECONDS = 5;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long PATIENCE_AT_CLOSE_MILLIS = 450;

    private final @Nullable DataSource dataSource;
    private final String channel;
    private final List<Registered> hints = new CopyOnWriteArrayList<>();

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

    /** One registration; the same hint may be registered twice, and each is ended by itself. */
    private static final class Registered {
        private final Runnable hint;

        Registered(Runnable hint) {
            this.hint = hint;
        }
    }

    String channel() {
        return channel;
    }

    Registration register(Runnable hint) {
        Registered own = new Registered(hint);
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
        do {
            try (Session session = new Session(source.getConnection())) {
                session.begin(Deadline.after(Duration.ofSeconds(REPLY_TIMEOUT_SECONDS)));
                adopt(session.connection());
                execute(session.connection(), "LISTEN ");
                pauseMillis = FIRST_PAUSE_MILLIS;
                hint();
                passOn(session.connection());
                execute(session.connection(), "UNLISTEN ");
            } catch (SQLException | RuntimeException e) {
                if (isClosed()) {
                    return;
                }
                log.warn("No hints of catalog changes for now; trying again in {} ms: {}", pauseMillis, Faults.text(e));
            } finally {
                adopt(null);
            }
            pause(pauseMillis);
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        } while (!isClosed());
    }

    /** The channel is lower-case letters, digits and _ alone: what is left of a schema's checked name. */
    private void execute(Connection open, String command) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute(command + channel);
        }
    }

    private void passOn(Connection open) throws SQLException {
        PGConnection notified = open.unwrap(PGConnection.class);
        for (int looks = 1; !isClosed(); looks++) {
            if (notified.getNotifications(LOOK_UP_MILLIS).length > 0) {
                hint();
            } else if (looks % LOOKS_BEFORE_TRIAL == 0 && !open.isValid(REPLY_TIMEOUT_SECONDS)) {
                throw new SQLException("the connection is dead");
            }
        }
    }

    private void hint() {
        for (Registered each : hints) {
            try {
                each.hint.run();
            } catch (RuntimeException | LinkageError | AssertionError e) {
                log.error("A hint of catalog changes failed", e);
            }
        }
    }

    private synchronized void adopt(@Nullable Connection open) {
        connection = open;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void pause(long millis) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            for (long left = endNanos - System.nanoTime(); left > 0 && !closed; left = endNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            // Whoever interrupts this thread wants it to look up, and it does.
            return;
        }
    }

    /** Ends the thread and its connection; the data source is the host's. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
            notifyAll();
        }
        if (running == null || ends(running)) {
            return;
        }
        // It waits for a connection, or for a server that does not answer.
        running.interrupt();
        abort();
        ends(running);
    }

    private static boolean ends(Thread running) {
        try {
            running.join(PATIENCE_AT_CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !running.isAlive();
    }

    private synchronized void abort() {
        try {
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            log.debug("The listening connection could not be aborted: {}", Faults.text(e));
        }
    }
}
