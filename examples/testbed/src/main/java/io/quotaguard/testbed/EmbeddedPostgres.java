package io.quotaguard.testbed;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of one's own. It is durable ({@code fsync} and {@code synchronous_commit} on), so what it shows about
 * crashes is true. The user is {@code postgres} and needs no password. Safe for use by several threads.
 */
public final class EmbeddedPostgres extends EmbeddedServer {
    private final PostgresFolder folder;
    private final List<String> extraServerOptions;

    private @Nullable FreshDatabases databases;

    private EmbeddedPostgres(PostgresFolder folder, List<String> extraServerOptions) {
        super("PostgreSQL");
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
        server.begin(server.folder::initialise, FreePort::find);
        return server;
    }

    /** The address of the database {@code postgres} on this server. */
    public String jdbcUrl() {
        return jdbcUrl("postgres");
    }

    /** The address of the named database on this server, whether or not it exists. */
    public String jdbcUrl(String database) {
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

    Path folder() {
        return folder.path();
    }

    @Override
    ServerProcess launch(int port) {
        return folder.launch(port, extraServerOptions);
    }

    @Override
    ServerProcess launchAgain(int port) {
        return folder.launchAfterCrash(port, extraServerOptions);
    }

    @Override
    void end(ServerProcess running) {
        running.stop("INT");
    }

    /** Without a checkpoint, since the data are deleted anyway; unlike a kill this frees its shared memory. */
    @Override
    void endForGood(ServerProcess running) {
        running.stop("QUIT");
    }

    @Override
    void deleteData() {
        folder.delete();
    }

    @Override
    boolean saysPortIsTaken(String words) {
        return words.contains("Address already in use");
    }

    private PostgresUrl url(String database) {
        return new PostgresUrl(
                "127.0.0.1:" + port(), database, "user=" + PostgresFolder.SUPERUSER + "&sslmode=disable");
    }
}
