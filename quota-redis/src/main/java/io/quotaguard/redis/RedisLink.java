package io.quotaguard.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's own connection to Redis. Thread-safe: commands of all threads share it, and are answered in order.
 *
 * <p>It belongs to a client of the store's own on the host's threads and buffers, because options are a client's: commands are
 * rejected while there is no connection, and not kept to be sent later, when nobody waits for them any more. Nothing is set
 * on the host's client.
 */
final class RedisLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final String NOWHERE = "";
    private static final int MOST_REJECTIONS = 100;
    private static final Executor LATER = CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS);
    /** How long one command may take, whatever the call's deadline: a server that does not answer may have a successor. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /**
     * How long a server may keep those waiting who connect to it, or who ask a node for the cluster's topology; by default it is a
     * minute, in which nobody looks for its successor.
     */
    private static final Duration NODE_PATIENCE = Duration.ofSeconds(1);

    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(5);

    private final AbstractRedisClient client;
    private final StatefulConnection<String, byte[]> connection;
    private final RedisClusterAsyncCommands<String, byte[]> commands;
    private final Function<String, Map<String, CompletionStage<String>>> infos;
    private final Function<String, CompletableFuture<StatefulRedisConnection<String, byte[]>>> open;
    private final Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>>> listener;
    private final Map<String, CompletableFuture<StatefulRedisConnection<String, byte[]>>> aside =
            new ConcurrentHashMap<>();

    private final AtomicLong lookedAroundAt = new AtomicLong(System.nanoTime() - NODE_PATIENCE.toNanos());
    private final boolean clustered;

    private RedisLink(
            AbstractRedisClient client,
            StatefulConnection<String, byte[]> connection,
            RedisClusterAsyncCommands<String, byte[]> commands,
            Function<String, Map<String, CompletionStage<String>>> infos,
            Function<String, CompletableFuture<StatefulRedisConnection<String, byte[]>>> open,
            Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>>> listener) {
        this.client = client;
        this.connection = connection;
        this.commands = commands;
        this.infos = infos;
        this.open = open;
        this.listener = listener;
        this.clustered = connection instanceof StatefulRedisClusterConnection;
    }

    /** Connects to one Redis. */
    static RedisLink to(RedisClient host, RedisURI uri) {
        RedisURI impatient = ShortHandshake.of(uri, NODE_PATIENCE);
        RedisClient client = RedisClient.create(host.getResources(), impatient);
        try {
            client.setOptions(rejecting(host.getOptions().mutate()).build());
            StatefulRedisConnection<String, byte[]> connection = patient(client.connect(CODEC), uri);
            return new RedisLink(
                    client,
                    connection,
                    connection.async(),
                    section -> Map.of("the server", connection.async().info(section)),
                    any -> client.connectAsync(CODEC, impatient)
                            .toCompletableFuture()
                            .thenApply(made -> patient(made, uri)),
                    () -> client.connectPubSubAsync(CODEC, impatient).thenApply(made -> patient(made, uri)));
        } catch (RuntimeException e) {
            client.shutdown();
            throw e;
        }
    }

    /** Lets commands take as long as the host's address says, where its options have the client end them. */
    private static <C extends StatefulConnection<String, byte[]>> C patient(C connection, RedisURI uri) {
        connection.setTimeout(uri.getTimeout());
        return connection;
    }

    /** Connects to a cluster. */
    static RedisLink to(RedisClusterClient host) {
        List<RedisURI> seeds = new ArrayList<>();
        host.getPartitions().forEach(node -> seeds.add(ShortHandshake.of(node.getUri(), NODE_PATIENCE)));
        RedisClusterClient client = RedisClusterClient.create(host.getResources(), seeds);
        try {
            ClusterClientOptions.Builder options = ClusterClientOptions.builder(host.getOptions())
                    .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                            .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                            .adaptiveRefreshTriggersTimeout(NODE_PATIENCE)
                            .build())
                    .socketOptions(host.getOptions()
                            .getSocketOptions()
                            .mutate()
                            .connectTimeout(NODE_PATIENCE)
                            .build());
            options.autoReconnect(true).disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS);
            client.setOptions(options.build());
            StatefulRedisClusterConnection<String, byte[]> connection = client.connect(CODEC);
            // Not the connection that commands are sent to by their keys: a node has another one by its name.
            return new RedisLink(
                    client,
                    connection,
                    connection.async(),
                    section -> infos(connection, section),
                    connection::getConnectionAsync,
                    () -> client.connectPubSubAsync(CODEC));
        } catch (RuntimeException e) {
            client.shutdown();
            throw e;
        }
    }

    private static ClientOptions.Builder rejecting(ClientOptions.Builder options) {
        return options.autoReconnect(true).disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS);
    }

    private static Map<String, CompletionStage<String>> infos(
            StatefulRedisClusterConnection<String, byte[]> connection, String section) {
        Map<String, CompletionStage<String>> infos = new TreeMap<>();
        for (RedisClusterNode node : connection.getPartitions()) {
            if (node.is(RedisClusterNode.NodeFlag.UPSTREAM)) {
                infos.put(
                        String.valueOf(node.getUri()),
                        connection.getConnection(node.getNodeId()).async().info(section));
            }
        }
        return infos;
    }

    /**
     * Sends a command.
     *
     * <p>A cluster's nodes are connected to as they are needed, and what is sent to one meanwhile is rejected: at first, and
     * after slots have moved. Then it is sent again in a moment, for as long as connecting takes.
     */
    <T> CompletionStage<T> ask(Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> command) {
        return clustered ? ask(command, MOST_REJECTIONS) : command.apply(commands);
    }

    private <T> CompletionStage<T> ask(
            Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> command, int rejections) {
        CompletionStage<T> answer = command.apply(commands);
        return rejections == 0
                ? answer
                : answer.exceptionallyCompose(thrown -> isRejected(unwrapped(thrown))
                        ? CompletableFuture.runAsync(() -> {}, LATER)
                                .thenCompose(paused -> ask(command, rejections - 1))
                        : CompletableFuture.failedFuture(thrown));
    }

    private static boolean isRejected(Throwable thrown) {
        return thrown instanceof RedisException
                && String.valueOf(thrown.getMessage()).contains("Commands are rejected");
    }

    /** Looks for the successor of a server that did not answer; of one Redis, reconnecting finds it. */
    void lookAround(RedisFault fault) {
        long now = System.nanoTime();
        long last = lookedAroundAt.get();
        if (fault.carriedOutPerhaps()
                && client instanceof RedisClusterClient cluster
                && now - last > NODE_PATIENCE.toNanos()
                && lookedAroundAt.compareAndSet(last, now)) {
            cluster.refreshPartitionsAsync().whenComplete((done, thrown) -> {
                if (thrown != null) {
                    LOG.debug("the cluster's topology cannot be read now", thrown);
                }
            });
        }
    }

    /** Asks every server that takes writes for a section of what it says about itself. */
    Map<String, CompletionStage<String>> infos(String section) {
        return infos.apply(section);
    }

    /** Returns which server a key is on, as far as is known; all servers of one Redis are one. */
    String nodeOf(String key) {
        if (connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster) {
            RedisClusterNode node = cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
            return node == null ? NOWHERE : node.getNodeId();
        }
        return NOWHERE;
    }

    /** Returns a connection to a server that keeps nobody else waiting while it is blocked. */
    CompletionStage<RedisClusterAsyncCommands<String, byte[]>> aside(String node) {
        return aside.compute(
                        node,
                        (name, before) ->
                                before == null || before.isCompletedExceptionally() ? open.apply(name) : before)
                .thenApply(StatefulRedisConnection::async);
    }

    /** Opens a connection that listens to channels. */
    CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> listener() {
        return listener.get().thenApply(connection -> connection);
    }

    /** Runs a script, by its digest; a server that does not know it is sent the text, once. */
    <T> CompletionStage<T> run(Script script, ScriptOutputType type, String[] keys, byte[]... arguments) {
        return ask(on -> on.<T>evalsha(script.digest(), type, keys, arguments)
                .exceptionallyCompose(thrown -> unwrapped(thrown) instanceof RedisNoScriptException
                        ? on.eval(script.text(), type, keys, arguments)
                        : CompletableFuture.failedFuture(thrown)));
    }

    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /**
     * Waits for an answer, no longer than the deadline, and than a server that is well may take.
     *
     * @throws RedisFault when there is none
     */
    static <T> T await(CompletionStage<T> answer, Deadline deadline) throws RedisFault {
        return await(answer, deadline, PATIENCE);
    }

    /** The same for an answer that is meant to take a while. */
    static <T> T await(CompletionStage<T> answer, Deadline deadline, Duration atMost) throws RedisFault {
        try {
            long nanos =
                    Math.max(0, Math.min(atMost.toNanos(), deadline.remaining().toNanos()));
            return answer.toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RedisFault("Redis did not answer in time (R45)", e, true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisFault("the thread was interrupted while it waited for Redis", e, true);
        } catch (ExecutionException e) {
            throw RedisFault.of(e);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
