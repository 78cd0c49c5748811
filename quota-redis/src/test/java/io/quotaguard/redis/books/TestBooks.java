package io.quotaguard.redis.books;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.memory.MemoryStoreFixture;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Plan;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.redis.books.Journal.Tail;
import io.quotaguard.spi.AlertStore.Which;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.SubjectUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/** What tests see of a node's books. */
public final class TestBooks {
    private static final int MANY = 200;
    private static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

    private TestBooks() {}

    /** Returns the books of a node that begins now, and reads the same journal. */
    public static Books anotherNode(Books books) {
        return new Books(books.journal(), new LearnedClock(InstantSource.system()));
    }

    /** Returns the same for a node whose readings of the journal from its beginning are counted. */
    public static Books anotherNode(Books books, AtomicInteger readings) {
        Journal journal = books.journal();
        Journal counted = new Journal() {
            @Override
            public Tail write(long after, List<byte[]> entries, boolean bound, Deadline deadline) throws JournalFault {
                if (after == 0) {
                    readings.incrementAndGet();
                }
                return journal.write(after, entries, bound, deadline);
            }

            @Override
            public void crossOut(String history, List<Long> numbers, Deadline deadline) throws JournalFault {
                journal.crossOut(history, numbers, deadline);
            }
        };
        return new Books(counted, new LearnedClock(InstantSource.system()));
    }

    /** Returns what the journal holds, by the names of the deeds. */
    public static List<String> deeds(Books books) {
        return tail(books).entries().stream()
                .map(entry -> RecordBytes.read(Signed.class, entry.bytes())
                        .deed()
                        .getClass()
                        .getSimpleName())
                .toList();
    }

    /** Returns the server's history of writes that the journal is read in. */
    public static String history(Books books) {
        return tail(books).history();
    }

    private static Tail tail(Books books) {
        try {
            return books.journal().write(0, List.of(), false, deadline());
        } catch (JournalFault e) {
            throw new IllegalStateException(e);
        }
    }

    /** Crosses an entry out as somebody who read it in a history. */
    public static void crossOut(Books books, String history, long number) {
        try {
            books.journal().crossOut(history, List.of(number), deadline());
        } catch (JournalFault e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns what all rows of a subject's feature come to. */
    public static long usedByAll(Books books, String subject, String feature) {
        return books.ledger().records(UsageQuery.of(subject).feature(feature).pageSize(MANY), deadline()).stream()
                .mapToLong(UsageRecord::amount)
                .sum();
    }

    /** Returns everything that is in the books, as far as it is in the last pages. */
    public static List<Object> read(Books books) {
        return books.read(TestBooks::read, deadline());
    }

    private static List<Object> read(InMemoryQuotaStore store) {
        List<Object> all = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (CatalogEntry entry : store.catalog().history(CatalogQuery.all().pageSize(MANY), deadline())) {
            all.add(entry);
            names.add(entry.name());
        }
        for (Plan plan : store.catalog().plans(deadline())) {
            for (String feature : plan.features().keySet()) {
                store.ledger()
                        .top(feature, Instant.EPOCH, FAR, MANY, deadline())
                        .forEach(top -> names.add(top.subject()));
            }
        }
        for (String name : names) {
            SubjectUsage usage = store.catalog().usage(name, deadline());
            all.add(usage.catalog());
            // What is held there may have expired without anybody having looked.
            usage.counters()
                    .forEach(open -> all.add(List.of(
                            open.feature(), open.window(), open.counter().used(), open.fired())));
            all.add(store.catalog().grants(name, null, deadline()));
            all.add(store.catalog().versions(name, deadline()));
            store.ledger()
                    .records(UsageQuery.of(name).pageSize(MANY), deadline())
                    .forEach(all::add);
        }
        store.alerts().list(Optional.empty(), Which.ALL, 0, MANY, deadline()).forEach(all::add);
        all.add(store.alerts().statistics(Optional.empty(), deadline()));
        return all;
    }

    /** Sets a counter in one node's books behind their back, so that it is seen that this is noticed (R42). */
    public static void corrupt(Books books, String subject, String feature, long delta) {
        books.read(
                store -> {
                    MemoryStoreFixture.corrupt(store, subject, feature, delta);
                    return true;
                },
                deadline());
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(5));
    }
}
