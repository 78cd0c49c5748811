package io.quotaguard.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who belongs to whose pool (R40). */
final class ModelPools {
    private static final int MAX_LEVELS = 4;

    private final Map<String, String> pools = new HashMap<>();

    boolean isMember(String subject) {
        return pools.containsKey(subject);
    }

    /** Returns the subject, its pool, the pool's pool and so on. */
    List<String> levels(String subject) {
        List<String> levels = new ArrayList<>();
        for (String next = subject; next != null; next = pools.get(next)) {
            levels.add(next);
        }
        return levels;
    }

    List<String> members(String pool) {
        return pools.keySet().stream()
                .filter(member -> Objects.equals(pools.get(member), pool))
                .sorted()
                .toList();
    }

    /** Tells whether it could be done. */
    boolean join(String member, @Nullable String pool) {
        if (pool == null) {
            pools.remove(member);
            return true;
        }
        List<String> above = levels(pool);
        if (above.contains(member) || above.size() + height(member) > MAX_LEVELS) {
            return false;
        }
        pools.put(member, pool);
        return true;
    }

    /** How many levels there are from a subject down to its lowest member. */
    private int height(String subject) {
        return 1 + members(subject).stream().mapToInt(this::height).max().orElse(0);
    }
}
