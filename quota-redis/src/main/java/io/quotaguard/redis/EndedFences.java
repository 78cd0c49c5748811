package io.quotaguard.redis;

import io.quotaguard.redis.Fences.Fence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fences of this node that ended last. A server that goes on with an older state may have them up still, and nobody to
 * take them down. Thread-safe.
 */
final class EndedFences {
    private static final int MOST = 1024;

    private final Deque<Fence> newest = new ArrayDeque<>();
    private final Map<Integer, String> lineages = new HashMap<>();

    synchronized void add(Fence fence) {
        if (newest.size() == MOST) {
            newest.removeFirst();
        }
        newest.addLast(fence);
    }

    /** Returns the fences in a shard that may be up once more, if its server goes on with another history of writes. */
    synchronized List<Fence> upAgain(int shard, String lineage) {
        String before = lineages.put(shard, lineage);
        return before == null || before.equals(lineage)
                ? List.of()
                : newest.stream().filter(fence -> fence.shard() == shard).toList();
    }
}
