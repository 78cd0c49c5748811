package io.quotaguard.redis;

import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ledger of the store behind this one, as fresh as the call that reads it. Thread-safe. */
final class RedisLedger implements LedgerStore {
    private final LedgerStore behind;
    private final Freshly freshly;
    private final Epochs epochs;

    RedisLedger(LedgerStore behind, Freshly freshly, Epochs epochs) {
        this.behind = behind;
        this.freshly = freshly;
        this.epochs = epochs;
    }

    @Override
    public List<UsageRecord> records(UsageQuery query, Deadline deadline) {
        freshly.of(query.subject(), deadline);
        return behind.records(query, deadline);
    }

    @Override
    public Optional<UsageRecord> record(long id, Deadline deadline) {
        return behind.record(id, deadline);
    }

    @Override
    public List<UsageRecord> use(String subject, String feature, String key, Deadline deadline) {
        freshly.of(subject, deadline);
        return behind.use(subject, feature, key, deadline);
    }

    @Override
    public Optional<HeldUnits> reservation(UUID id, Deadline deadline) {
        return behind.reservation(id, deadline);
    }

    @Override
    public List<UsageSum> sums(String subject, @Nullable String feature, List<Instant> bounds, Deadline deadline) {
        freshly.of(subject, deadline);
        return behind.sums(subject, feature, bounds, deadline);
    }

    @Override
    public List<TopUser> top(String feature, Instant from, Instant to, int max, Deadline deadline) {
        freshly.ofAll(deadline);
        return behind.top(feature, from, to, max, deadline);
    }

    @Override
    public Pace pace(String subject, String feature, Window window, Deadline deadline) {
        freshly.of(subject, deadline);
        return behind.pace(subject, feature, window, deadline);
    }

    @Override
    public List<PoolShare> shares(String pool, String feature, Window window, int max, Deadline deadline) {
        freshly.of(pool, deadline);
        return behind.shares(pool, feature, window, max, deadline);
    }

    @Override
    public Verification verify(@Nullable String after, Consumer<Drift> found, Deadline deadline) {
        freshly.ofAll(deadline);
        return behind.verify(after, found, deadline);
    }

    /** What is mended there is loaded anew here, whatever else was mended when something went wrong. */
    @Override
    public Verification repair(Change change, @Nullable String after, Consumer<Drift> mended, Deadline deadline) {
        freshly.ofAll(deadline);
        try {
            return behind.repair(change, after, mended, deadline);
        } finally {
            renew(deadline);
        }
    }

    private void renew(Deadline deadline) {
        try {
            epochs.renewAll(deadline);
        } catch (RedisFault e) {
            throw e.unavailable(null);
        }
    }
}
