package io.quotaguard.redis;

import org.jspecify.annotations.NullMarked;

/** Puts a bug into a script of Redis. It stands in the store's own package, since no host may do this. */
@NullMarked
public final class MutatedScripts {
    private MutatedScripts() {}

    /** Has the store run {@code file} with {@code from}, which must stand in it, replaced. */
    public static RedisQuotaStoreBuilder replace(RedisQuotaStoreBuilder store, String file, String from, String to) {
        return store.scripts(name -> {
            String text = Script.resource(name);
            if (name.equals(file) && !text.contains(from)) {
                throw new IllegalStateException(file + " has no longer the words " + from);
            }
            return name.equals(file) ? text.replace(from, to) : text;
        });
    }
}
