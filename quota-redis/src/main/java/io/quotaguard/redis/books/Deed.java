package io.quotaguard.redis.books;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.Pruned;
import io.quotaguard.model.Verification;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.MaintenanceStore.Pruning;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that changes the books. What it comes to depends on the books, on the time of its entry and on itself alone, so
 * that every node comes to the same. Immutable.
 *
 * <p>The bytes in the journal follow from their names and from the order of their parts.
 *
 * @param <R> what it comes to
 */
sealed interface Deed<R> {
    /** Carries it out; a time-out would leave one node's books different from another's, so there is none. */
    R in(InMemoryQuotaStore books);

    private static Deadline unhurried() {
        return Deadline.after(Deadline.MAX);
    }

    record Execute(Command command) implements Deed<Outcome> {
        @Override
        public Outcome in(InMemoryQuotaStore books) {
            return books.execute(List.of(command), unhurried()).get(0);
        }
    }

    record Post(Decided decided) implements Deed<Outcome> {
        @Override
        public Outcome in(InMemoryQuotaStore books) {
            return books.post(List.of(decided), unhurried()).get(0);
        }
    }

    record Apply(CatalogCommand command) implements Deed<CatalogOutcome> {
        @Override
        public CatalogOutcome in(InMemoryQuotaStore books) {
            return books.catalog().apply(command, unhurried());
        }
    }

    record Claim(String dispatcher, int max, Duration lease) implements Deed<List<AlertStore.Claimed>> {
        @Override
        public List<AlertStore.Claimed> in(InMemoryQuotaStore books) {
            return books.alerts().claim(dispatcher, max, lease, unhurried());
        }
    }

    record MarkSent(List<Long> ids) implements Deed<Integer> {
        @Override
        public Integer in(InMemoryQuotaStore books) {
            return books.alerts().markSent(ids, unhurried());
        }
    }

    record MarkRead(List<Long> ids) implements Deed<Integer> {
        @Override
        public Integer in(InMemoryQuotaStore books) {
            return books.alerts().markRead(ids, unhurried());
        }
    }

    record PutOff(List<Long> ids, Duration delay) implements Deed<Boolean> {
        @Override
        public Boolean in(InMemoryQuotaStore books) {
            books.alerts().putOff(ids, delay, unhurried());
            return true;
        }
    }

    record Fail(long id, Duration delay, int most) implements Deed<Boolean> {
        @Override
        public Boolean in(InMemoryQuotaStore books) {
            return books.alerts().fail(id, delay, most, unhurried());
        }
    }

    record Retry(List<Long> ids) implements Deed<Integer> {
        @Override
        public Integer in(InMemoryQuotaStore books) {
            return books.alerts().retry(ids, unhurried());
        }
    }

    record PurgeAlerts(Instant before, int most) implements Deed<Integer> {
        @Override
        public Integer in(InMemoryQuotaStore books) {
            return books.alerts().purge(before, most, unhurried());
        }
    }

    record Repair(Change change, @Nullable String after) implements Deed<Repaired> {
        @Override
        public Repaired in(InMemoryQuotaStore books) {
            List<Drift> mended = new ArrayList<>();
            Verification seen = books.ledger().repair(change, after, mended::add, unhurried());
            return new Repaired(seen, mended);
        }
    }

    /** What a repair looked at and mended. */
    record Repaired(Verification seen, List<Drift> mended) {
        public Repaired {
            mended = List.copyOf(mended);
        }
    }

    record ForgetWindows(Duration keep) implements Deed<Pruned> {
        @Override
        public Pruned in(InMemoryQuotaStore books) {
            return whole(books.maintenance().windows(keep));
        }
    }

    record ForgetAudit(Duration keep) implements Deed<Pruned> {
        @Override
        public Pruned in(InMemoryQuotaStore books) {
            return whole(books.maintenance().audit(keep));
        }
    }

    /** In one pass: where a step begins must not depend on who took the one before. */
    private static Pruned whole(Pruning pruning) {
        Pruned pruned = pruning.step(unhurried());
        while (!pruned.complete()) {
            pruned = pruned.withComplete(true).plus(pruning.step(unhurried()));
        }
        return pruned;
    }
}
