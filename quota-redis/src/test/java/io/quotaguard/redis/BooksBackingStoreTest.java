package io.quotaguard.redis;

import io.quotaguard.testing.BackingStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The books of a Redis that is alone, behind the scripts")
class BooksBackingStoreTest extends BackingStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new BooksFixture(start);
    }
}
