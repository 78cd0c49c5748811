package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final String SUPERUSER = "postgres";
    private static final Duration INITIALISATION_PATIENCE = Duration.ofMinutes(2);
    private static final int PORT_ATTEMPTS = 5;

    private final UnprivilegedCommand unprivileged;
    private final Path binaries;
    private final Path folder;
    private final Path data;
    private final Leash leash;
    private final List<String> extraServerOptions;
    private final Thread atShutdown = new Thread(this::closeNow, "embedded-postgres-shutdown");

    private int port;
    private @Nullable ServerProcess process;
    private @Nullable FreshDatabases databases;
    private boolean closed;

    private EmbeddedPostgres(
            UnprivilegedCommand unprivileged, Path binaries, Path folder, List<String> extraServerOptions)
            throws IOException {
        this.unprivileged = unprivileged;
        this.binaries = binaries;
        this.folder = folder;
        this.data = folder.resolve("data");
        this.extraServerOptions = List.copyOf(extraServerOptions);
        this.leash = Leash.tie(folder);
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
        UnprivilegedCommand unprivileged = UnprivilegedCommand.find();
        Path workFolder = WorkFolder.open(unprivileged);
        Path binaries = PostgresBinaries.unpackedIn(workFolder);
        EmbeddedPostgres server;
        try {
            Path folder = Files.createTempDirectory(workFolder, "server-");
            unprivileged.handOver(folder);
            server = new EmbeddedPostgres(unprivileged, binaries, folder, extraServerOptions);
        } catch (IOException e) {
            throw new TestServerException("Cannot make a folder for a server in " + workFolder, e);
        }
        try {
            Runtime.getRuntime().addShutdownHook(server.atShutdown);
            server.initialise();
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

    /** Makes an empty database with a name that no other test has and returns its address. */
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
        } else if (process != null) {
            process.kill(); // It ended by itself; this waits for its remains.
        }
        launch();
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

    /** Ends it without a checkpoint, since the data are deleted anyway; unlike a kill this frees its shared memory. */
    private synchronized void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        if (process != null) {
            process.stop("QUIT");
            process = null;
        }
        try {
            WorkFolder.delete(folder);
        } catch (IOException e) {
            throw new TestServerException("Cannot delete " + folder + " of a server that has ended", e);
        } finally {
            leash.untie();
        }
    }

    private ServerProcess running() {
        if (process == null) {
            throw new IllegalStateException("The server on port " + port + " is not running");
        }
        return process;
    }

    private PostgresUrl url(String database) {
        return new PostgresUrl("127.0.0.1:" + port, database, "user=" + SUPERUSER + "&sslmode=disable");
    }

    /** Files are not forced to disk one by one here: what a crash must not lose is written later, by the server. */
    private void initialise() {
        CommandRun.of(
                        unprivileged.of(List.of(
                                binaries.resolve("bin/initdb").toString(),
                                "--pgdata=" + data,
                                "--username=" + SUPERUSER,
                                "--auth=trust",
                                "--encoding=UTF8",
                                "--no-locale",
                                "--no-sync",
                                "--no-instructions")),
                        folder,
                        INITIALISATION_PATIENCE)
                .orThrow();
    }

    /** A port that is free now may be taken by the time the server wants it, so another one is tried then. */
    private synchronized void launchOnFreePort() {
        for (int attempt = 1; ; attempt++) {
            port = FreePort.find();
            try {
                launch();
                return;
            } catch (TestServerException e) {
                String said = String.valueOf(e.getMessage());
                if (attempt == PORT_ATTEMPTS || !said.contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private synchronized void launch() {
        List<String> command =
                new ArrayList<>(List.of(binaries.resolve("bin/postgres").toString()));
        command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=200",
                "fsync=on",
                "synchronous_commit=on",
                "full_page_writes=on",
                "jit=off")) {
            command.addAll(List.of("-c", setting));
        }
        command.addAll(extraServerOptions);
        process = ServerProcess.start(unprivileged.of(command), folder, data);
    }
}
