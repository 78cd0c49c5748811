package io.quotaguard.benchmarks;

import io.github.bucket4j.Bucket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A bucket that remembers the key of each use and keeps a row of it, as a host would write it in an hour: what a ledger and
 * idempotency cost whoever has to have them. Thread-safe.
 */
final class RecordingBucket {
    private final Bucket bucket;
    private final SplittableRandom random = new SplittableRandom();
    private final Set<UUID> keys = new HashSet<>();
    private final List<Row> rows = new ArrayList<>();

    private record Row(UUID key, long units, Instant at) {}

    RecordingBucket(Bucket bucket) {
        this.bucket = bucket;
    }

    synchronized boolean use() {
        UUID key = new UUID(random.nextLong(), random.nextLong());
        if (keys.contains(key)) {
            return true;
        }
        boolean allowed = bucket.tryConsume(1);
        if (allowed) {
            keys.add(key);
            rows.add(new Row(key, 1, Instant.now()));
        }
        return allowed;
    }
}
