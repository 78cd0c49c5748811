package io.quotaguard.redis;

import java.time.InstantSource;
import org.jspecify.annotations.NullMarked;

/**
 * A wrong clock for a process that uses Redis. The library lets no host set one, since Redis' own decides (R19): that is why
 * this class, alone among the torture's, stands in the store's own package.
 */
@NullMarked
public final class SkewedClock {
    private SkewedClock() {}

    /** Has a store take {@code clock} for the machine's. */
    public static RedisQuotaStoreBuilder shownTo(RedisQuotaStoreBuilder store, InstantSource clock) {
        return store.localClock(clock);
    }
}
