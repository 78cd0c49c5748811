package io.quotaguard.quickstart;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.spi.QuotaStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The store in this JVM's memory, with a clock that the replay sets. */
final class MemoryBackend implements Backend {
    private volatile Instant now;
    private final QuotaStore store;

    MemoryBackend(Instant start) {
        now = start;
        store = InMemoryQuotaStore.builder().clock(() -> now).build();
    }

    @Override
    public QuotaStore store() {
        return store;
    }

    @Override
    public void moveTo(Instant time) {
        now = time;
    }

    @Override
    public Publications publications() {
        return Publications.ONLY_CHARGED;
    }

    @Override
    public Optional<CrashReport> crashes() {
        return Optional.empty();
    }

    @Override
    public List<String> facts() {
        return List.of(
                "in this JVM's memory; all of it is gone when this ends", "the store's clock shows the log's time");
    }

    @Override
    public void close() {
        store.close();
    }
}
