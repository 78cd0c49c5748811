package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import java.time.Duration;

/**
 * Two guards over one store, as two nodes of an application have them. Thread-safe.
 *
 * @param first makes every change of the catalog
 * @param second learns of them from the store alone
 */
record GuardPair(QuotaGuard first, QuotaGuard second) implements AutoCloseable {
    static GuardPair over(StoreFixture fixture, Duration timeout) {
        return new GuardPair(
                QuotaGuard.builder(fixture.store()).timeout(timeout).build(),
                QuotaGuard.builder(fixture.anotherNode()).timeout(timeout).build());
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
