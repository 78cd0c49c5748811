package io.quotaguard.redis.books;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The ledger in the books. Thread-safe. */
final class BooksLedger implements LedgerStore {
    private final Books books;

    BooksLedger(Books books) {
        this.books = books;
    }

    private <T> T read(Function<LedgerStore, T> reading, Deadline deadline) {
        return books.read(store -> reading.apply(store.ledger()), deadline);
    }

    @Override
    public List<UsageRecord> records(UsageQuery query, Deadline deadline) {
        return read(ledger -> ledger.records(query, deadline), deadline);
    }

    @Override
    public Optional<UsageRecord> record(long id, Deadline deadline) {
        return read(ledger -> ledger.record(id, deadline), deadline);
    }

    @Override
    public List<UsageRecord> use(String subject, String feature, String key, Deadline deadline) {
        return read(ledger -> ledger.use(subject, feature, key, deadline), deadline);
    }

    @Override
    public Optional<HeldUnits> reservation(UUID id, Deadline deadline) {
        return read(ledger -> ledger.reservation(id, deadline), deadline);
    }

    @Override
    public List<UsageSum> sums(String subject, @Nullable String feature, List<Instant> bounds, Deadline deadline) {
        return read(ledger -> ledger.sums(subject, feature, bounds, deadline), deadline);
    }

    @Override
    public List<TopUser> top(String feature, Instant from, Instant to, int max, Deadline deadline) {
        return read(ledger -> ledger.top(feature, from, to, max, deadline), deadline);
    }

    @Override
    public Pace pace(String subject, String feature, Window window, Deadline deadline) {
        return read(ledger -> ledger.pace(subject, feature, window, deadline), deadline);
    }

    @Override
    public List<PoolShare> shares(String pool, String feature, Window window, int max, Deadline deadline) {
        return read(ledger -> ledger.shares(pool, feature, window, max, deadline), deadline);
    }

    /** Who is told may use the store, and so is told when nothing is being read any more. */
    @Override
    public Verification verify(@Nullable String after, Consumer<Drift> found, Deadline deadline) {
        List<Drift> drifts = new ArrayList<>();
        Verification seen = read(ledger -> ledger.verify(after, drifts::add, deadline), deadline);
        drifts.forEach(found);
        return seen;
    }

    /** All at once, however long it takes: a repair that ends at a deadline would mend more on a faster node. */
    @Override
    public Verification repair(Change change, @Nullable String after, Consumer<Drift> mended, Deadline deadline) {
        Deed.Repaired repaired = books.write(new Deed.Repair(change, after), change.key(), deadline);
        repaired.mended().forEach(mended);
        return repaired.seen();
    }
}
