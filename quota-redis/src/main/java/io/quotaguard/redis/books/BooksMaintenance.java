package io.quotaguard.redis.books;

import io.quotaguard.model.Pruned;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.MaintenanceStore;
import java.time.Duration;

/** Removes what is past its retention from the books, and what led to it from the journal. Thread-safe. */
final class BooksMaintenance implements MaintenanceStore {
    private final Books books;

    BooksMaintenance(Books books) {
        this.books = books;
    }

    @Override
    public Pruning windows(Duration keep) {
        return deadline -> forget(new Deed.ForgetWindows(keep), deadline);
    }

    @Override
    public Pruning audit(Duration keep) {
        return deadline -> forget(new Deed.ForgetAudit(keep), deadline);
    }

    private Pruned forget(Deed<Pruned> deed, Deadline deadline) {
        Pruned pruned = books.write(deed, null, deadline);
        if (!pruned.equals(Pruned.NOTHING)) {
            books.clear(deadline);
        }
        return pruned;
    }
}
