package io.quotaguard.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of one's own. It is durable ({@code fsync} and {@code synchronous_commit} on), so what it shows about
 * crashes is true. The user is {@code postgres} and needs no password. Safe for use by several threads.
 */
public final class EmbeddedPostgres extends EmbeddedServer {
    private final PostgresFolder folder;
    private final List<String> extraServerOptions;
    private final @Nullable MovableClock clock;

    private @Nullable FreshDatabases databases;
    private volatile @Nullable LimitedDisk disk;

    private EmbeddedPostgres(PostgresFolder folder, List<String> extraServerOptions, @Nullable MovableClock clock) {
        super("PostgreSQL");
        this.folder = folder;
        this.extraServerOptions = List.copyOf(extraServerOptions);
        this.clock = clock;
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
        return begun(new EmbeddedPostgres(PostgresFolder.create(unprivileged), extraServerOptions, null));
    }

    /**
     * Starts a server whose clock {@link #moveClock} moves; until then it shows the machine's time.
     *
     * @throws TestServerException when this machine has no {@link #hasMovableClocks() library} for it, or the server does
     *     not start
     */
    public static EmbeddedPostgres startWithMovableClock() {
        PostgresFolder folder = PostgresFolder.create(UnprivilegedCommand.find());
        return begun(new EmbeddedPostgres(folder, List.of(), new MovableClock(folder.path())));
    }

    /** Whether this machine has libfaketime, which is in Debian's package {@code faketime}. */
    public static boolean hasMovableClocks() {
        return MovableClock.library().isPresent();
    }

    /**
     * Starts a server whose data stand on a disk that {@link #fillDisk} fills. The disk is kept in memory, so a commit waits
     * for no real one; what was committed outlives the server's processes all the same.
     *
     * @param extraServerOptions as of {@link #start(List)}
     * @throws TestServerException when this user may not {@link #hasLimitedDisks() mount a disk}, or the server does not
     *     start
     */
    public static EmbeddedPostgres startOnLimitedDisk(List<String> extraServerOptions) {
        PostgresFolder folder = PostgresFolder.create(UnprivilegedCommand.find());
        EmbeddedPostgres server = new EmbeddedPostgres(folder, extraServerOptions, null);
        server.begin(
                () -> {
                    server.disk = folder.limitDisk();
                    folder.initialise();
                },
                FreePort::find);
        return server;
    }

    /** Whether this user may mount a disk for a server, which mostly takes root's rights. */
    public static boolean hasLimitedDisks() {
        return LimitedDisk.isPossible();
    }

    /** Leaves a server that was {@linkplain #startOnLimitedDisk started on such a disk} no room for anything new. */
    public void fillDisk() {
        disk().fill();
    }

    /** Gives the room back. A server that has ended for lack of it is to be {@linkplain #restart() started again}. */
    public void freeDisk() {
        disk().free();
    }

    private LimitedDisk disk() {
        LimitedDisk limited = disk;
        if (limited == null) {
            throw new IllegalStateException("The disk of " + this + " is the machine's");
        }
        return limited;
    }

    private static EmbeddedPostgres begun(EmbeddedPostgres server) {
        server.begin(server.folder::initialise, FreePort::find);
        return server;
    }

    /**
     * Moves the clock of a server that was {@linkplain #startWithMovableClock() started with one that can be moved}, at once
     * and for all its connections; negative is back.
     *
     * @param ahead how far ahead of the machine's clock it is from now on
     */
    public void moveClock(Duration ahead) {
        if (clock == null) {
            throw new IllegalStateException("The clock of " + this + " is the machine's");
        }
        clock.move(ahead);
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
        return folder.launch(port, extraServerOptions, clock);
    }

    @Override
    ServerProcess launchAgain(int port) {
        return folder.launchAfterCrash(port, extraServerOptions, clock);
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
