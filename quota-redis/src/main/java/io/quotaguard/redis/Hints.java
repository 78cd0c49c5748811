package io.quotaguard.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.quotaguard.spi.CatalogStore.Registration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells all nodes of a namespace that the catalog has changed, by Redis' own messages. Thread-safe.
 *
 * <p>It listens from the first registration on. What is said while there is no connection is lost, so each new subscription
 * counts as a hint too; and nothing depends on one.
 */
final class Hints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);
    private static final byte[] NOTHING = new byte[0];
    private static final long LONGEST_PAUSE_SECONDS = 60;

    private final RedisLink link;
    private final String channel;
    private final List<Registered> hints = new CopyOnWriteArrayList<>();
    private boolean listening;
    /** How often in a row listening has failed. Of one attempt after the other. */
    private volatile int failures;

    private volatile boolean closed;

    Hints(RedisLink link, Shards shards) {
        this.link = link;
        this.channel = shards.channel();
    }

    /** One registration; the same hint may be registered twice, and each is ended by itself. */
    private static final class Registered {
        private final Runnable hint;

        Registered(Runnable hint) {
            this.hint = hint;
        }
    }

    Registration register(Runnable hint) {
        Registered own = new Registered(hint);
        hints.add(own);
        synchronized (this) {
            if (!listening) {
                listening = true;
                listen();
            }
        }
        return () -> hints.remove(own);
    }

    /** Tells everybody who listens, without waiting for it. */
    void give() {
        link.ask(on -> on.publish(channel, NOTHING)).whenComplete((heard, thrown) -> {
            if (thrown != null) {
                LOG.debug("nobody was told that the catalog has changed; nodes find out when they look", thrown);
            }
        });
    }

    private void listen() {
        if (!closed) {
            link.listener().thenCompose(this::subscribeOrClose).whenComplete((subscribed, thrown) -> {
                if (thrown == null) {
                    failures = 0;
                } else {
                    tryLater(thrown);
                }
            });
        }
    }

    private void tryLater(Throwable thrown) {
        int before = failures;
        failures = before + 1;
        if (before == 0 && !closed) {
            LOG.warn(
                    "no hints of catalog changes come for now: channel {} cannot be listened to. Nodes find out when they"
                            + " look; trying again",
                    channel,
                    thrown);
        }
        long seconds = Math.min(LONGEST_PAUSE_SECONDS, 1L << Math.min(before, Integer.SIZE));
        CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(this::listen);
    }

    /** A connection that may not listen is of no use, and would stay open until the store is closed. */
    private CompletableFuture<Void> subscribeOrClose(StatefulRedisPubSubConnection<String, byte[]> connection) {
        return subscribe(connection)
                .exceptionallyCompose(thrown ->
                        connection.closeAsync().thenCompose(closed -> CompletableFuture.failedFuture(thrown)));
    }

    private CompletableFuture<Void> subscribe(StatefulRedisPubSubConnection<String, byte[]> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, byte[] message) {
                pass();
            }

            @Override
            public void subscribed(String to, long count) {
                pass();
            }
        });
        return connection.async().subscribe(channel).toCompletableFuture();
    }

    private void pass() {
        for (Registered each : hints) {
            try {
                each.hint.run();
            } catch (RuntimeException | LinkageError | AssertionError e) {
                LOG.error("a hint of catalog changes failed", e);
            }
        }
    }

    /** Ends the listening; the link ends the connection. */
    @Override
    public void close() {
        closed = true;
        hints.clear();
    }
}
