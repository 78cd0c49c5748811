package io.quotaguard.redis.books;

import io.quotaguard.model.Alert;
import io.quotaguard.model.AlertStatistics;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The outbox in the books. Thread-safe. */
final class BooksAlerts implements AlertStore {
    private final Books books;

    BooksAlerts(Books books) {
        this.books = books;
    }

    private <T> T read(Function<AlertStore, T> reading, Deadline deadline) {
        return books.read(store -> reading.apply(store.alerts()), deadline);
    }

    private <R> R write(Deed<R> deed, Deadline deadline) {
        return books.write(deed, null, deadline);
    }

    /** Dispatchers ask again and again: nothing is written down when there is nothing to claim. */
    @Override
    public List<Claimed> claim(String dispatcher, int max, Duration lease, Deadline deadline) {
        AlertStatistics waiting = statistics(Optional.empty(), deadline);
        return waiting.unsent() == waiting.parked()
                ? List.of()
                : write(new Deed.Claim(dispatcher, max, lease), deadline);
    }

    @Override
    public int markSent(Collection<Long> ids, Deadline deadline) {
        return write(new Deed.MarkSent(List.copyOf(ids)), deadline);
    }

    @Override
    public int markRead(Collection<Long> ids, Deadline deadline) {
        return write(new Deed.MarkRead(List.copyOf(ids)), deadline);
    }

    @Override
    public void putOff(Collection<Long> ids, Duration delay, Deadline deadline) {
        write(new Deed.PutOff(List.copyOf(ids), delay), deadline);
    }

    @Override
    public boolean fail(long id, Duration delay, int most, Deadline deadline) {
        return write(new Deed.Fail(id, delay, most), deadline);
    }

    @Override
    public int retry(Collection<Long> ids, Deadline deadline) {
        return write(new Deed.Retry(List.copyOf(ids)), deadline);
    }

    @Override
    public int purge(Instant before, int most, Deadline deadline) {
        return write(new Deed.PurgeAlerts(before, most), deadline);
    }

    @Override
    public List<Alert> list(Optional<String> subject, Which which, long afterId, int limit, Deadline deadline) {
        return read(alerts -> alerts.list(subject, which, afterId, limit, deadline), deadline);
    }

    @Override
    public AlertStatistics statistics(Optional<String> subject, Deadline deadline) {
        return read(alerts -> alerts.statistics(subject, deadline), deadline);
    }
}
