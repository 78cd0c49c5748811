package io.quotaguard.testing;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** What a store owes beside {@link QuotaStoreContract} when another one may decide in front of it. */
public abstract class BackingStoreContract {
    /** Returns a fresh, empty store whose clock stands still at {@code start}; the contract closes it. */
    protected abstract StoreFixture newFixture(Instant start);

    @Nested
    @DisplayName("What was decided in front of the store (R7, R8, R10, R28, R32, R42)")
    class Posts extends DecidedContract {
        Posts() {
            super(BackingStoreContract.this::newFixture);
        }
    }
}
