package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * A Redis server of one's own. It writes its append-only file ({@link RedisDurability} says how safely), takes no snapshots,
 * and evicts nothing. It is killed, paused, emptied and started again in 50 to 170 ms, and needs no password. Safe for use by
 * several threads.
 */
public final class EmbeddedRedis extends EmbeddedServer {
    private final RedisFolder folder;
    private final RedisDurability durability;
    private final List<String> extraOptions;

    private EmbeddedRedis(RedisFolder folder, RedisDurability durability, List<String> extraOptions) {
        super("Redis");
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
        server.begin(() -> {}, ports);
        return server;
    }

    /** The address that clients take, {@code redis://127.0.0.1:} and the port. */
    public String uri() {
        return address().uri();
    }

    /** The same address in its parts, as a {@link TcpProxy} in front of this server needs it. */
    public RedisAddress address() {
        return RedisAddress.of("127.0.0.1", port());
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

    /** Starts the server again on the same port with all data lost, as after a crash of a server that keeps none. */
    public void restartEmpty() {
        restartAfter(folder::empty);
    }

    RespConnection connect() throws IOException {
        return new RespConnection(FreePort.on(port()));
    }

    Path folder() {
        return folder.path();
    }

    @Override
    ServerProcess launch(int port) {
        return folder.launch(port, durability, extraOptions);
    }

    /** All writes are forced to disk. */
    @Override
    void end(ServerProcess running) {
        running.stop("TERM");
    }

    /** A good end would wait for replicas that may be gone. */
    @Override
    void endForGood(ServerProcess running) {
        running.kill();
    }

    @Override
    void deleteData() {
        folder.delete();
    }

    @Override
    boolean saysPortIsTaken(String words) {
        return words.contains("Failed listening on port");
    }
}
