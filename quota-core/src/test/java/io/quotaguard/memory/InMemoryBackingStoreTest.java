package io.quotaguard.memory;

import io.quotaguard.testing.BackingStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The memory store behind another one")
class InMemoryBackingStoreTest extends BackingStoreContract {
    @Override
    protected StoreFixture newFixture(Instant start) {
        return new MemoryStoreFixture(start);
    }
}
