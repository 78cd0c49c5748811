package io.quotaguard.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.quotaguard.spi.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * How a store that is being built reaches its Redis: on a thread of its own, since a client waits for a server that stands
 * still far longer than the host may want to. Thread-safe.
 *
 * @param address which Redis, without a password
 * @param way connects, or throws what the client says
 */
record Connecting(String address, Supplier<RedisLink> way) {
    private static final String THREAD = "quota-redis-connect";

    /**
     * Connects before the deadline. A connection that comes later is closed.
     *
     * @throws RedisFault when none comes
     */
    RedisLink connect(Deadline deadline) throws RedisFault {
        CompletableFuture<RedisLink> link = new CompletableFuture<>();
        Thread thread = new Thread(() -> connect(link), THREAD);
        thread.setDaemon(true);
        thread.start();
        try {
            return RedisLink.await(link, deadline, deadline.remaining());
        } catch (RedisFault e) {
            link.cancel(false);
            thread.interrupt();
            if (!link.isCompletedExceptionally()) {
                link.join().close();
            }
            throw e;
        }
    }

    private void connect(CompletableFuture<RedisLink> link) {
        try {
            RedisLink made = tryUntil(link);
            if (!link.complete(made)) {
                made.close();
            }
        } catch (Throwable e) {
            link.completeExceptionally(e);
        }
    }

    /** Tries again, while somebody waits, where a server took the connection and was slow: a link does not wait long for one. */
    private RedisLink tryUntil(CompletableFuture<RedisLink> wanted) {
        while (true) {
            try {
                return way.get();
            } catch (RedisConnectionException e) {
                if (wanted.isDone() || !isSlowness(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isSlowness(Throwable thrown) {
        return thrown instanceof RedisCommandTimeoutException
                || (thrown.getCause() != null && isSlowness(thrown.getCause()));
    }
}
