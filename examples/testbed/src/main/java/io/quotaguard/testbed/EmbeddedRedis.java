package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of one's own: a real one, on 127.0.0.1 and a free port, with an empty data folder that is deleted in the
 * end. It writes its append-only file ({@link RedisDurability} says how safely), takes no snapshots, and evicts nothing.
 *
 * <p>It can be killed, paused, emptied and started again, in 50 to 170 ms. It ends with {@link #close()}, or with this JVM
 * however that ends. It needs no password. Safe for use by several threads.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final int PORT_ATTEMPTS = 5;

    private final RedisFolder folder;
    private final RedisDurability durability;
    private final List<String> extraOptions;
    private final Thread atShutdown = new Thread(this::closeNow, "embedded-redis-shutdown");

    private int port;
    private @Nullable ServerProcess process;
    private boolean paused;
    private boolean closed;

    private EmbeddedRedis(RedisFolder folder, RedisDurability durability, List<String> extraOptions) {
        this.folder = folder;
        this.durability = durability;
        this.extraOptions = List.copyOf(extraOptions);
    }

    /** Starts a server that forces its writes to disk once a second; see {@link #start(RedisDurability, String...)}. */
    public static EmbeddedRedis start() {
        return start(RedisDurability.EVERY_SECOND);
    }

    /**
     * Starts a server and returns when it accepts connections.
     *
     * @param extraOptions further words of the server's command line, such as {@code "--maxmemory", "8mb"}; they win over
     *     the ones given here
     * @throws TestServerException when the server does not start; the message carries what it said
     */
    public static EmbeddedRedis start(RedisDurability durability, String... extraOptions) {
        return start(UnprivilegedCommand.findOrStay(), FreePort::find, durability, List.of(extraOptions));
    }

    static EmbeddedRedis start(
            UnprivilegedCommand unprivileged,
            IntSupplier ports,
            RedisDurability durability,
            List<String> extraOptions) {
        EmbeddedRedis server = new EmbeddedRedis(RedisFolder.create(unprivileged), durability, extraOptions);
        try {
            Runtime.getRuntime().addShutdownHook(server.atShutdown);
            server.launchOn(ports);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The address that clients take, {@code redis://127.0.0.1:} and the port. */
    public String uri() {
        return address().uri();
    }

    /** The same address in its parts, as a {@link TcpProxy} in front of this server needs it. */
    public synchronized RedisAddress address() {
        return RedisAddress.of("127.0.0.1", port);
    }

    /** The TCP port, which stays the same over restarts. */
    public synchronized int port() {
        return port;
    }

    /** The number of the server's process; a restart changes it. */
    public synchronized long pid() {
        return running().pid();
    }

    /** Whether the server's process lives; a paused one does. */
    public synchronized boolean isRunning() {
        return process != null && process.isRunning();
    }

    /**
     * Asks the server something, past every client and proxy, on a connection of its own. So
     * {@code ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")}.
     *
     * @return the reply as redis-cli prints it into a pipe: a number in digits, nothing for nil, each element of a list on a
     *     line of its own
     * @throws TestServerException when the server refuses, which the message quotes, or cannot be reached, or has not
     *     answered after 30 seconds
     */
    public String ask(String... words) {
        try (RespConnection connection = connect()) {
            return connection.ask(words);
        } catch (IOException e) {
            throw new TestServerException(this + " did not answer " + words[0] + ": " + e.getMessage(), e);
        }
    }

    /** Kills the server at once ({@code kill -9}), as a crash would. What its {@link RedisDurability} keeps stays. */
    public synchronized void kill() {
        running().kill();
        ended();
    }

    /** Ends the server in good order, all writes forced to disk. The data stay. */
    public synchronized void stop() {
        running().stop("TERM");
        ended();
    }

    /** Starts the server again on the same data and port: after a {@link #kill()}, a {@link #stop()}, or while it runs. */
    public synchronized void restart() {
        stopIfRunning();
        process = folder.launch(port, durability, extraOptions);
    }

    /** Starts the server again on the same port with all data lost, as after a crash of a server that keeps none. */
    public synchronized void restartEmpty() {
        stopIfRunning();
        folder.empty();
        process = folder.launch(port, durability, extraOptions);
    }

    /** Stops the process where it stands, so that it accepts connections but never answers. */
    public synchronized void pause() {
        running().pause();
        paused = true;
    }

    /** Lets a paused server go on; what it was asked meanwhile it then does. */
    public synchronized void resume() {
        running().resume();
        paused = false;
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
        return "embedded Redis on 127.0.0.1:" + port;
    }

    /** Whether it lives and is not paused. */
    synchronized boolean answers() {
        return isRunning() && !paused;
    }

    RespConnection connect() throws IOException {
        return new RespConnection(FreePort.on(port()));
    }

    Path folder() {
        return folder.path();
    }

    /** Kills it, since the data are deleted anyway and a good end waits for replicas that may be gone. */
    private synchronized void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (process != null) {
                process.kill();
                ended();
            }
        } finally {
            folder.delete();
        }
    }

    private void ended() {
        process = null;
        paused = false;
    }

    private void stopIfRunning() {
        if (closed) {
            throw new IllegalStateException("The server on port " + port + " is closed and its data are gone");
        }
        if (isRunning()) {
            stop();
        }
    }

    private ServerProcess running() {
        if (process == null) {
            throw new IllegalStateException("The server on port " + port + " is not running");
        }
        return process;
    }

    /** A port that is free now may be taken by the time the server wants it, so another one is tried then. */
    private synchronized void launchOn(IntSupplier ports) {
        for (int attempt = 1; ; attempt++) {
            port = ports.getAsInt();
            try {
                process = folder.launch(port, durability, extraOptions);
                return;
            } catch (TestServerException e) {
                boolean taken = String.valueOf(e.getMessage()).contains("Failed listening on port");
                if (attempt == PORT_ATTEMPTS || !taken) {
                    throw e;
                }
            }
        }
    }
}
