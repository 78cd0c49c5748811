package io.quotaguard.testbed;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PgBouncer in transaction mode, in front of a server: each transaction runs on whichever of a few connections is free, so
 * nothing that a session would keep can be relied on. The program is the machine's own. Safe for use by several threads.
 */
public final class PgBouncer implements AutoCloseable {
    private static final String PID_FILE = "pgbouncer.pid";
    private static final String CONFIGURATION = "pgbouncer.ini";
    private static final ServerProcess.ReadySign READY =
            new ServerProcess.ReadySign(ServerProcess.LOG, log -> log.contains("process up"));

    private final ServerFolder folder;
    private final ServerProcess process;
    private final PostgresUrl url;

    private PgBouncer(ServerFolder folder, ServerProcess process, PostgresUrl url) {
        this.folder = folder;
        this.process = process;
        this.url = url;
    }

    /** Where the program is, if it is installed: on the path, or where systems keep what administrators run. */
    public static Optional<Path> program() {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        return Stream.of(path.split(File.pathSeparator))
                .map(directory -> Path.of(directory, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts it and returns when it accepts connections.
     *
     * @param jdbcUrl the database that is to be reached through it, whose server asks for no password
     * @param serverConnections how many connections it opens to the server at the most
     * @throws TestServerException when the program is missing or does not start
     */
    public static PgBouncer inFrontOf(String jdbcUrl, int serverConnections) {
        Path program =
                program().orElseThrow(() -> new TestServerException("pgbouncer is not installed; it is a package"));
        PostgresUrl server = PostgresUrl.parse(jdbcUrl);
        UnprivilegedCommand unprivileged = UnprivilegedCommand.find();
        ServerFolder folder = ServerFolder.create(unprivileged, WorkFolder.open(unprivileged), PID_FILE, "INT");
        try {
            int port = FreePort.find();
            Path configuration = folder.path().resolve(CONFIGURATION);
            Files.writeString(configuration, configuration(server, folder.path(), port, serverConnections));
            ServerProcess process = folder.launch(List.of(program.toString(), configuration.toString()), READY);
            return new PgBouncer(folder, process, server.withAddress("127.0.0.1", port));
        } catch (IOException | RuntimeException e) {
            folder.delete();
            throw new TestServerException("Cannot start PgBouncer in front of " + server, e);
        }
    }

    private static String configuration(PostgresUrl server, Path folder, int port, int serverConnections) {
        return """
                [databases]
                * = host=%s port=%d user=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                pidfile = %s
                auth_type = any
                pool_mode = transaction
                default_pool_size = %d
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        server.host(),
                        server.port(),
                        PostgresFolder.SUPERUSER,
                        port,
                        folder.resolve(PID_FILE),
                        serverConnections);
    }

    /**
     * Returns the database's address through it. Before 1.21 it knows nothing of prepared statements, so the driver is
     * told to keep none.
     */
    public String jdbcUrl() {
        return url.withParameter("prepareThreshold", "0").jdbcUrl();
    }

    @Override
    public void close() {
        process.stop("INT");
        folder.delete();
    }
}
