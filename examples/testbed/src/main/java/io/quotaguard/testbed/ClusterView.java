package io.quotaguard.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one node of a Redis Cluster believes of all of them, itself included. */
record ClusterView(List<Member> members) {
    /** The slots of every Redis Cluster. */
    static final int SLOTS = 16_384;

    ClusterView {
        members = List.copyOf(members);
    }

    /**
     * A node.
     *
     * @param flags such as {@code myself}, {@code master}, {@code slave} and {@code handshake}
     * @param masterId the node that it copies, or a hyphen
     * @param slots the ranges that it owns
     */
    record Member(String id, int port, List<String> flags, String masterId, List<Slots> slots) {
        private boolean owns(int slot) {
            return slots.stream().anyMatch(range -> range.first() <= slot && slot <= range.last());
        }

        private boolean copies(Member master) {
            return masterId.equals(master.id());
        }
    }

    /** A range of slots, both ends included. */
    record Slots(int first, int last) {
        static Slots parse(String word) {
            int hyphen = word.indexOf('-');
            return hyphen < 0
                    ? new Slots(Integer.parseInt(word), Integer.parseInt(word))
                    : new Slots(
                            Integer.parseInt(word.substring(0, hyphen)), Integer.parseInt(word.substring(hyphen + 1)));
        }
    }

    /** Asks a node. */
    static ClusterView of(EmbeddedRedis node) {
        return parse(node.ask("CLUSTER", "NODES"));
    }

    /** Reads the reply to {@code CLUSTER NODES}: a line for each, its words in a fixed order and its slots at the end. */
    static ClusterView parse(String reply) {
        List<Member> members = new ArrayList<>();
        for (String line : reply.lines().toList()) {
            List<String> words = List.of(line.strip().split(" ", -1));
            String address = words.get(1);
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1, address.indexOf('@')));
            List<String> flags = List.of(words.get(2).split(",", -1));
            members.add(new Member(words.get(0), port, flags, words.get(3), slots(words.subList(8, words.size()))));
        }
        return new ClusterView(members);
    }

    /** A word in brackets is a slot on its way, which is counted to its owner by another word. */
    private static List<Slots> slots(List<String> words) {
        return words.stream()
                .filter(word -> !word.startsWith("["))
                .map(Slots::parse)
                .toList();
    }

    /** Whether all nodes are known, with none still to be greeted. */
    boolean knowsAll(int nodes) {
        return members.size() == nodes
                && members.stream().noneMatch(member -> member.flags().contains("handshake"));
    }

    boolean ownsSlots(int port) {
        return members.stream()
                .anyMatch(member -> member.port() == port && !member.slots().isEmpty());
    }

    Optional<Member> ownerOf(int slot) {
        return members.stream().filter(member -> member.owns(slot)).findFirst();
    }

    /** The nodes that copy the one on this port, living or not. */
    Stream<Member> replicasOf(int port) {
        return members.stream()
                .filter(master -> master.port() == port)
                .flatMap(master -> members.stream().filter(member -> member.copies(master)));
    }

    /** Who owns which slots and who copies whom: the same for nodes that are of one mind. */
    Map<Integer, String> roles() {
        return members.stream().collect(Collectors.toMap(Member::port, member -> member.masterId() + member.slots()));
    }
}
