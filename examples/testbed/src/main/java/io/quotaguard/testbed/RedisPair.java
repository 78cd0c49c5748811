package io.quotaguard.testbed;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Redis and its replica, without a cluster and without anybody who watches over them: a test decides when the replica is
 * promoted, as an operator or a sentinel would. A {@link TcpProxy} in front, with {@link TcpProxy#pointTo}, is the address
 * that stays when they change. Safe for use by several threads, with one of them at a time changing the roles.
 */
public final class RedisPair implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern OFFSET = Pattern.compile("(?m)^master_repl_offset:(\\d+)");

    private EmbeddedRedis primary;
    private EmbeddedRedis replica;

    private RedisPair(EmbeddedRedis primary, EmbeddedRedis replica) {
        this.primary = primary;
        this.replica = replica;
    }

    /** Starts two servers that force their writes to disk once a second. */
    public static RedisPair start() {
        return start(RedisDurability.EVERY_SECOND);
    }

    /**
     * Starts two servers and returns when the second copies the first.
     *
     * @param extraOptions further words of each server's command line
     * @throws TestServerException when one does not start, or the second does not reach the first
     */
    public static RedisPair start(RedisDurability durability, String... extraOptions) {
        EmbeddedRedis primary = EmbeddedRedis.start(durability, extraOptions);
        try {
            RedisPair pair = new RedisPair(primary, EmbeddedRedis.start(durability, extraOptions));
            pair.followOrClose();
            return pair;
        } catch (RuntimeException e) {
            primary.close();
            throw e;
        }
    }

    /** The server that takes writes. */
    public synchronized EmbeddedRedis primary() {
        return primary;
    }

    /** The server that copies it, or that is to copy it again by {@link #rejoin}. */
    public synchronized EmbeddedRedis replica() {
        return replica;
    }

    /** Returns once the replica has everything that the primary has confirmed so far. */
    public synchronized void awaitCopied() {
        long offset = offsetOf(primary);
        Await.until(
                PATIENCE, () -> offsetOf(replica) >= offset, () -> replica + " has not got what " + primary + " has");
    }

    /**
     * Makes the replica the primary, though the old one be dead or paused: what has not reached the replica is lost. An old
     * primary that lives takes writes still, until {@link #rejoin} makes it a replica: whoever reaches it writes in vain.
     *
     * @return the new primary
     */
    public synchronized EmbeddedRedis promote() {
        replica.ask("REPLICAOF", "NO", "ONE");
        EmbeddedRedis old = primary;
        primary = replica;
        replica = old;
        return primary;
    }

    /** Makes the other server a replica, starts it if need be, and returns when it has what the primary has, and only that. */
    public synchronized void rejoin() {
        if (!replica.isRunning()) {
            replica.restart();
        }
        follow();
    }

    /** Ends both servers and deletes their data. Closing again does nothing. */
    @Override
    public synchronized void close() {
        try {
            replica.close();
        } finally {
            primary.close();
        }
    }

    @Override
    public synchronized String toString() {
        return primary + " copied by " + replica;
    }

    private synchronized void followOrClose() {
        try {
            follow();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void follow() {
        replica.ask("REPLICAOF", "127.0.0.1", Integer.toString(primary.port()));
        Await.until(
                PATIENCE,
                () -> replica.ask("INFO", "replication").contains("master_link_status:up"),
                () -> replica + " has not reached " + primary);
    }

    private static long offsetOf(EmbeddedRedis server) {
        Matcher offset = OFFSET.matcher(server.ask("INFO", "replication"));
        if (!offset.find()) {
            throw new TestServerException(server + " does not say how far it has got");
        }
        return Long.parseLong(offset.group(1));
    }
}
