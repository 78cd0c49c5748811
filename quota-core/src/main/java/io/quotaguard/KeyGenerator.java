package io.quotaguard;

import io.quotaguard.spi.TimeOrderedKey;
import java.util.concurrent.atomic.AtomicLong;

/** Makes idempotency keys for calls that bring none (R13). Thread-safe. */
final class KeyGenerator {
    private static final AtomicLong lastTick = new AtomicLong();

    private KeyGenerator() {}

    static String next() {
        long millis = System.currentTimeMillis();
        return TimeOrderedKey.of(lastTick.updateAndGet(last -> TimeOrderedKey.tick(last, millis)))
                .toString();
    }
}
