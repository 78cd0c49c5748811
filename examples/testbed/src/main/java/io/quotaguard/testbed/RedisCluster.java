package io.quotaguard.testbed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis Cluster of three masters, if wanted with a replica each, all on 127.0.0.1. It is started in two to three seconds,
 * most of which a new node waits by itself before it takes writes. Every node is an {@link EmbeddedRedis}, to be killed,
 * paused and restarted as one.
 *
 * <p>Nodes count one another as failed after five seconds of silence; then a replica takes over by itself. To have that at
 * once, a test calls {@link #takeOver}. Safe for use by several threads, with one of them at a time changing the cluster.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration LAPSE = Duration.ofSeconds(6);
    private static final List<String> SETTINGS = List.of(
            "--cluster-enabled", "yes",
            "--cluster-node-timeout", "5000");

    private final List<EmbeddedRedis> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Starts three masters that force their writes to disk once a second. */
    public static RedisCluster start() {
        return start(RedisDurability.EVERY_SECOND);
    }

    /**
     * Starts three masters and returns when every one of them takes writes.
     *
     * @param extraOptions further words of each server's command line; they win over the ones given here
     * @throws TestServerException when a server does not start, or they do not find together
     */
    public static RedisCluster start(RedisDurability durability, String... extraOptions) {
        return start(0, durability, List.of(extraOptions));
    }

    /** The same with a replica of each master, and returns when the replicas have what their masters have. */
    public static RedisCluster startWithReplicas(RedisDurability durability, String... extraOptions) {
        return start(1, durability, List.of(extraOptions));
    }

    private static RedisCluster start(int replicasOfEach, RedisDurability durability, List<String> extraOptions) {
        List<String> options = new ArrayList<>(SETTINGS);
        options.addAll(extraOptions);
        UnprivilegedCommand unprivileged = UnprivilegedCommand.findOrStay();
        RedisCluster cluster = new RedisCluster();
        try {
            for (int i = 0; i < MASTERS * (1 + replicasOfEach); i++) {
                cluster.nodes.add(EmbeddedRedis.start(unprivileged, FreePort::findForClusterNode, durability, options));
            }
            cluster.join();
            cluster.awaitHealthy();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** The addresses of all nodes, any of which a client may be given to begin with. */
    public List<String> uris() {
        return nodes.stream().map(EmbeddedRedis::uri).toList();
    }

    /** Every node: the first three were masters in the beginning, the others their replicas in the same order. */
    public List<EmbeddedRedis> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** The nodes that own slots now, by the word of a node that answers. */
    public List<EmbeddedRedis> masters() {
        ClusterView view = view();
        return nodes.stream().filter(node -> view.ownsSlots(node.port())).toList();
    }

    /**
     * The node that copies this master.
     *
     * @throws TestServerException when none does, or it is killed or paused
     */
    public EmbeddedRedis replicaOf(EmbeddedRedis master) {
        ClusterView view = view();
        return view.replicasOf(master.port())
                .map(replica -> nodeOn(replica.port()))
                .filter(EmbeddedRedis::answers)
                .findFirst()
                .orElseThrow(() -> new TestServerException("No replica of " + master + " answers: " + view));
    }

    /** The slot of a key, which what stands in braces decides, if anything does. */
    public int slotOf(String key) {
        return Integer.parseInt(anyNode().ask("CLUSTER", "KEYSLOT", key));
    }

    /** The node that owns a slot, by the word of a node that answers. */
    public EmbeddedRedis ownerOf(int slot) {
        return view().ownerOf(slot)
                .map(owner -> nodeOn(owner.port()))
                .orElseThrow(() -> new TestServerException("Nobody owns slot " + slot));
    }

    /** Begins to move a slot to another master and leaves it on its way, for tests of {@code ASK}. */
    public SlotMove beginMove(int slot, EmbeddedRedis to) {
        return SlotMove.begin(this, slot, to);
    }

    /** Moves a slot with all its keys to another master, while clients may use it. */
    public void moveSlot(int slot, EmbeddedRedis to) {
        beginMove(slot, to).finish();
    }

    /**
     * Makes the replica of a master its successor without asking anyone, though the master be dead or paused: what has not
     * reached the replica is lost, as in any real failover. The old master becomes a replica as soon as it is back.
     *
     * @return the new master, known as such to every node that answers
     */
    public EmbeddedRedis takeOver(EmbeddedRedis master) {
        return succeed(master, "CLUSTER", "FAILOVER", "TAKEOVER");
    }

    /**
     * Changes a living master and its replica over without losing anything. The other masters vote on it, and for a successor
     * of the same master only once in ten seconds, which this method waits for.
     *
     * @return the new master, known as such to every node that answers
     */
    public EmbeddedRedis handOver(EmbeddedRedis master) {
        return succeed(master, "CLUSTER", "FAILOVER");
    }

    /** Returns once every node that answers says that the cluster is well and, if it is a replica, copies its master. */
    public void awaitHealthy() {
        await("The cluster is not well", this::isHealthy);
    }

    /** Ends every node and deletes its data. Closing again does nothing. */
    @Override
    public void close() {
        nodes.forEach(EmbeddedRedis::close);
    }

    @Override
    public String toString() {
        return "embedded Redis Cluster " + uris();
    }

    /**
     * Gives out the slots and makes every two nodes known to one another, since waiting for hearsay takes seconds. Each has
     * an epoch of its own, so that none has to give way.
     */
    private void join() {
        for (int i = 0; i < nodes.size(); i++) {
            EmbeddedRedis node = nodes.get(i);
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            if (i < MASTERS) {
                int first = i * ClusterView.SLOTS / MASTERS;
                int last = (i + 1) * ClusterView.SLOTS / MASTERS - 1;
                List<String> addSlots = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS")); // Ranges came with Redis 7.
                IntStream.rangeClosed(first, last).forEach(slot -> addSlots.add(Integer.toString(slot)));
                node.ask(addSlots.toArray(String[]::new));
            }
            for (EmbeddedRedis other : nodes.subList(0, i)) {
                other.ask("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port()));
            }
        }
        await(
                "The nodes do not know one another",
                () -> nodes.stream().allMatch(node -> ClusterView.of(node).knowsAll(nodes.size())));
        for (int i = MASTERS; i < nodes.size(); i++) {
            String masterId = nodes.get(i - MASTERS).ask("CLUSTER", "MYID");
            nodes.get(i).ask("CLUSTER", "REPLICATE", masterId);
        }
    }

    /** Asks again when the nodes have let the request lapse, which they do after five seconds. */
    private EmbeddedRedis succeed(EmbeddedRedis master, String... command) {
        EmbeddedRedis successor = replicaOf(master);
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        do {
            successor.ask(command);
            if (Await.holdsWithin(
                    LAPSE, POLL, () -> answering().allMatch(node -> hasSucceeded(node, master, successor)))) {
                return successor;
            }
        } while (System.nanoTime() - deadlineNanos < 0);
        throw new TestServerException(successor + " has not taken over from " + master + ": " + view());
    }

    private static boolean hasSucceeded(EmbeddedRedis witness, EmbeddedRedis master, EmbeddedRedis successor) {
        ClusterView view = ClusterView.of(witness);
        return view.ownsSlots(successor.port()) && !view.ownsSlots(master.port());
    }

    /** Of one mind with the others, and a replica only with its master at hand. */
    private boolean isHealthy(EmbeddedRedis node, ClusterView others) {
        if (!node.ask("CLUSTER", "INFO").contains("cluster_state:ok")) {
            return false;
        }
        ClusterView view = ClusterView.of(node);
        String replication = node.ask("INFO", "replication");
        boolean hasARole = view.ownsSlots(node.port()) || replication.contains("master_link_status:up");
        return hasARole && view.roles().equals(others.roles());
    }

    private boolean isHealthy() {
        ClusterView view = view();
        return answering().allMatch(node -> isHealthy(node, view));
    }

    private void await(String complaint, BooleanSupplier condition) {
        if (!Await.holdsWithin(PATIENCE, POLL, condition)) {
            throw new TestServerException(complaint + " after " + PATIENCE.toSeconds() + " s: " + view());
        }
    }

    private Stream<EmbeddedRedis> answering() {
        return nodes.stream().filter(EmbeddedRedis::answers);
    }

    private ClusterView view() {
        return ClusterView.of(anyNode());
    }

    private EmbeddedRedis anyNode() {
        return answering().findFirst().orElseThrow(() -> new TestServerException("No node of the cluster answers"));
    }

    private EmbeddedRedis nodeOn(int port) {
        return nodes.stream().filter(node -> node.port() == port).findFirst().orElseThrow();
    }
}
