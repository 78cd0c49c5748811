package io.quotaguard.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A slot on its way from one master of a cluster to another. Until it is finished the source answers for the keys that it
 * still has and sends clients on for the others ({@code ASK}); a command on several keys of which only some have moved is
 * answered {@code TRYAGAIN}. Afterwards the source answers {@code MOVED}. Not for use by several threads.
 */
public final class SlotMove {
    private static final int KEYS_AT_A_TIME = 100;
    private static final String TIMEOUT_MILLIS = "10000";

    private final RedisCluster cluster;
    private final int slot;
    private final EmbeddedRedis from;
    private final EmbeddedRedis to;

    private SlotMove(RedisCluster cluster, int slot, EmbeddedRedis from, EmbeddedRedis to) {
        this.cluster = cluster;
        this.slot = slot;
        this.from = from;
        this.to = to;
    }

    static SlotMove begin(RedisCluster cluster, int slot, EmbeddedRedis to) {
        SlotMove move = new SlotMove(cluster, slot, cluster.ownerOf(slot), to);
        if (move.from == to) {
            throw new IllegalArgumentException("Slot " + slot + " is with " + to + " already");
        }
        // The target first: a client sent on to it before it knows would be sent back.
        move.set(to, "IMPORTING", id(move.from));
        move.set(move.from, "MIGRATING", id(to));
        return move;
    }

    /**
     * Moves some keys, each whole and in one step.
     *
     * @return how many have moved; fewer than were asked for when there are no more
     */
    public int moveKeys(int atMost) {
        try (RespConnection source = from.connect()) {
            List<byte[]> keys = source.exchange(words("CLUSTER", "GETKEYSINSLOT", text(slot), text(atMost)));
            if (!keys.isEmpty()) {
                List<byte[]> command = words("MIGRATE", "127.0.0.1", text(to.port()), "", "0", TIMEOUT_MILLIS, "KEYS");
                command.addAll(keys);
                source.exchange(command);
            }
            return keys.size();
        } catch (IOException e) {
            throw new TestServerException("Keys of slot " + slot + " did not get from " + from + " to " + to, e);
        }
    }

    /** Moves the keys that are left and makes the target the slot's owner, known to every master. */
    public void finish() {
        while (moveKeys(KEYS_AT_A_TIME) > 0) {
            // Clients may have written more meanwhile, but not without end: new keys go to the target.
        }
        String owner = id(to);
        set(to, "NODE", owner);
        set(from, "NODE", owner);
        cluster.masters().stream()
                .filter(node -> node != from && node != to && node.answers())
                .forEach(node -> set(node, "NODE", owner));
    }

    private void set(EmbeddedRedis node, String state, String otherId) {
        node.ask("CLUSTER", "SETSLOT", text(slot), state, otherId);
    }

    private static String id(EmbeddedRedis node) {
        return node.ask("CLUSTER", "MYID");
    }

    private static String text(int number) {
        return Integer.toString(number);
    }

    private static List<byte[]> words(String... words) {
        List<byte[]> command = new ArrayList<>();
        for (String word : words) {
            command.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return command;
    }
}
