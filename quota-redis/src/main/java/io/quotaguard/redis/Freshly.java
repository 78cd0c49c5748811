package io.quotaguard.redis;

import io.quotaguard.spi.Deadline;

/** Reads of the store behind this one: of what was decided before the read, all is posted first. Thread-safe. */
final class Freshly {
    private final Drain drain;
    private final Shards shards;

    Freshly(Drain drain, Shards shards) {
        this.drain = drain;
        this.shards = shards;
    }

    /** Posts what was decided about a subject, and about those of its shard. */
    void of(String subject, Deadline deadline) {
        try {
            drain.settle(shards.of(subject), deadline);
        } catch (RedisFault e) {
            throw e.unavailable(null);
        }
    }

    /** Posts everything that was decided. */
    void ofAll(Deadline deadline) {
        try {
            drain.settleAll(deadline);
        } catch (RedisFault e) {
            throw e.unavailable(null);
        }
    }
}
