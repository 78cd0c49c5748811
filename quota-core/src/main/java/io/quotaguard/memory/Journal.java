package io.quotaguard.memory;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Things in the order of their ids, of all names and of each. Not thread-safe: its owner's lock guards it. */
final class Journal<T> {
    private final NavigableMap<Long, T> all = new TreeMap<>();
    private final Map<String, NavigableMap<Long, T>> byName = new HashMap<>();

    void put(long id, String name, T thing) {
        all.put(id, thing);
        byName.computeIfAbsent(name, absent -> new TreeMap<>()).put(id, thing);
    }

    void remove(long id, String name) {
        all.remove(id);
        byName.computeIfPresent(name, (same, things) -> {
            things.remove(id);
            return things.isEmpty() ? null : things;
        });
    }

    @Nullable
    T get(long id) {
        return all.get(id);
    }

    /** Returns those of {@code name}, or all for null, by id. */
    NavigableMap<Long, T> of(@Nullable String name) {
        return name == null ? all : byName.getOrDefault(name, Collections.emptyNavigableMap());
    }
}
