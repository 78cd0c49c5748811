package io.quotaguard.testbed;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of one's own: a real one, on 127.0.0.1 and a free port, with an empty data folder that is deleted in
 * the end. It is durable ({@code fsync} and {@code synchronous_commit} on), so what it shows about crashes is true.
 *
 * <p>It can be killed, paused and started again. It ends with {@link #close()}, or with this JVM however that ends. The
 * user is {@code postgres} and needs no password. Safe for use by several threads.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final int PORT_ATTEMPTS = 5;

    private final PostgresFolder folder;
    private final List<String> extraServerOptions;
    private final Thread atShutdown = new Thread(this::closeNow, "embedded-postgres-shutdown");

    private int port;
    private @Nullable ServerProcess process;
    private @Nullable FreshDatabases databases;
    private boolean closed;

    private EmbeddedPostgres(PostgresFolder folder, List<String> extraServerOptions) {
        this.folder = folder;
        this.extraServerOptions = List.copyOf(extraServerOptions);
    }

    /** Starts a server with durable settings and 200 connections; see {@link #start(List)}. */
    public static EmbeddedPostgres start() {
        return start(List.of());
    }

    /**
     * Starts a server and returns when it accepts connections, about a second later; the first start on a machine also
     * unpacks the programs.
     *
     * @param extraServerOptions further words of the server's command line, such as {@code "-c", "work_mem=8MB"}; they win
     *     over the ones given here
     * @throws TestServerException when the server does not start; the message carries what it said
     */
    public static EmbeddedPostgres start(List<String> extraServerOptions) {
        return start(UnprivilegedCommand.find(), extraServerOptions);
    }

    static EmbeddedPostgres start(UnprivilegedCommand unprivileged, List<String> extraServerOptions) {
        EmbeddedPostgres server = new EmbeddedPostgres(PostgresFolder.create(unprivileged), extraServerOptions);
        try {
            Runtime.getRuntime().addShutdownHook(server.atShutdown);
            server.folder.initialise();
            server.launchOnFreePort();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The address of the database {@code postgres} on this server. */
    public String jdbcUrl() {
        return jdbcUrl("postgres");
    }

    /** The address of the named database on this server, whether or not it exists. */
    public synchronized String jdbcUrl(String database) {
        return url(database).jdbcUrl();
    }

    /**
     * Makes an empty database with a name that no other test has and returns its address.
     *
     * @throws TestServerException when the server does not run, or no PostgreSQL driver is on the class path
     */
    public String createDatabase() {
        FreshDatabases fresh;
        synchronized (this) {
            fresh = databases == null ? new FreshDatabases(url("postgres")) : databases;
            databases = fresh;
        }
        return fresh.create().jdbcUrl();
    }

    /** The TCP port, which stays the same over restarts. */
    public synchronized int port() {
        return port;
    }

    /** The number of the server's parent process, whose children are the connections; a restart changes it. */
    public synchronized long postmasterPid() {
        return running().pid();
    }

    /** Whether the server's parent process lives; a paused one does. */
    public synchronized boolean isRunning() {
        return process != null && process.isRunning();
    }

    /** Kills the server and all its connections at once ({@code kill -9}), as a crash would. The data stay. */
    public synchronized void kill() {
        running().kill();
        process = null;
    }

    /** Ends the server in good order, cutting its connections. The data stay. */
    public synchronized void stop() {
        running().stop("INT");
        process = null;
    }

    /** Starts the server again on the same data and port: after a {@link #kill()}, a {@link #stop()}, or while it runs. */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("The server on port " + port + " is closed and its data are gone");
        }
        if (isRunning()) {
            stop();
        }
        process = folder.launchAfterCrash(port, extraServerOptions);
    }

    /** Stops every process of the server where it stands, so that it accepts connections but never answers. */
    public synchronized void pause() {
        running().pause();
    }

    /** Lets a paused server go on; what it was asked meanwhile it then does. */
    public synchronized void resume() {
        running().resume();
    }

    /** Ends the server and deletes its data. Closing again does nothing. */
    @Override
    public void close() {
        closeNow();
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            // The JVM is ending; its hook has found or will find nothing left to do.
        }
    }

    @Override
    public synchronized String toString() {
        return "embedded PostgreSQL on 127.0.0.1:" + port;
    }

    Path folder() {
        return folder.path();
    }

    /** Ends it without a checkpoint, since the data are deleted anyway; unlike a kill this frees its shared memory. */
    private synchronized void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (process != null) {
                process.stop("QUIT");
                process = null;
            }
        } finally {
            folder.delete();
        }
    }

    private ServerProcess running() {
        if (process == null) {
            throw new IllegalStateException("The server on port " + port + " is not running");
        }
        return process;
    }

    private PostgresUrl url(String database) {
        return new PostgresUrl("127.0.0.1:" + port, database, "user=" + PostgresFolder.SUPERUSER + "&sslmode=disable");
    }

    /** A port that is free now may be taken by the time the server wants it, so another one is tried then. */
    private synchronized void launchOnFreePort() {
        for (int attempt = 1; ; attempt++) {
            port = FreePort.find();
            try {
                process = folder.launch(port, extraServerOptions);
                return;
            } catch (TestServerException e) {
                boolean taken = String.valueOf(e.getMessage()).contains("Address already in use");
                if (attempt == PORT_ATTEMPTS || !taken) {
                    throw e;
                }
            }
        }
    }
}
