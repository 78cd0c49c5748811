package io.quotaguard.redis;

import io.quotaguard.model.QuotaException;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of the store behind this one: of what was decided before the read, all is posted first. Thread-safe. */
final class Freshly {
    private static final Logger LOG = LoggerFactory.getLogger(Freshly.class);

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

    /** Posts what can be posted in a quarter of the time: what is in the ledger does not wait for a Redis that stands still. */
    void asFarAsPossible(Deadline deadline) {
        try {
            drain.settleAll(Deadline.after(Duration.ofMillis(deadline.shared().lockMillis())));
        } catch (RedisFault | QuotaException e) {
            LOG.debug("not all that was decided is in the ledger yet", e);
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
