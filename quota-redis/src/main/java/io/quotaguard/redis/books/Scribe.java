package io.quotaguard.redis.books;

import io.quotaguard.redis.books.Journal.Entry;
import io.quotaguard.redis.books.Journal.Tail;
import io.quotaguard.redis.books.JournalFault.Kind;
import io.quotaguard.spi.Deadline;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node's hand in the journal: writes deeds down, and learns what they came to when they are carried out. Thread-safe. */
final class Scribe {
    private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);
    private static final Result AWAITED = new Result(null, null);

    private final Journal journal;
    private final Replica replica;
    private final Clearing clearing;
    /** What this node writes down is marked with it. */
    private final long node = ThreadLocalRandom.current().nextLong();

    private final AtomicLong requests = new AtomicLong();
    /** What came of deeds of this node whose callers wait for it. */
    private final Map<Long, Result> results = new ConcurrentHashMap<>();

    Scribe(Journal journal) {
        this.journal = journal;
        this.clearing = new Clearing(journal);
        this.replica = new Replica(this::carriedOut);
    }

    Journal journal() {
        return journal;
    }

    Replica replica() {
        return replica;
    }

    private void carriedOut(Entry entry, Signed signed, Result result) {
        clearing.learn(entry, result);
        if (signed.node() == node) {
            results.replace(signed.request(), AWAITED, result);
        }
    }

    /**
     * Writes deeds down and carries them out.
     *
     * @param bound whether nothing may be written when the journal is full
     * @return what each came to, in order
     */
    List<Result> write(List<? extends Deed<?>> deeds, boolean bound, Deadline deadline) throws JournalFault {
        List<Long> numbers = new ArrayList<>();
        List<byte[]> entries = new ArrayList<>();
        for (Deed<?> deed : deeds) {
            long request = requests.incrementAndGet();
            numbers.add(request);
            results.put(request, AWAITED);
            entries.add(RecordBytes.write(new Signed(node, request, deed)));
        }
        try {
            Tail tail = journal.write(replica.end(), entries, bound, deadline);
            finish(tail, deadline);
            List<Result> came = new ArrayList<>();
            for (long number : numbers) {
                came.add(come(Objects.requireNonNull(results.get(number))));
            }
            return came;
        } finally {
            numbers.forEach(results::remove);
        }
    }

    /** What was written is in the journal, whatever is wrong now. */
    private void finish(Tail tail, Deadline deadline) throws JournalFault {
        try {
            if (!take(tail, deadline)) {
                catchUp(deadline);
            }
        } catch (JournalFault e) {
            throw new JournalFault("it was written down, and not carried out yet", e, Kind.WRITTEN_PERHAPS);
        }
    }

    private static Result come(Result result) throws JournalFault {
        if (result.equals(AWAITED)) {
            throw new JournalFault("Redis has lost it since", null, Kind.WRITTEN_PERHAPS);
        }
        return result;
    }

    /** Carries out what was written before this call. */
    void catchUp(Deadline deadline) throws JournalFault {
        while (!take(journal.write(replica.end(), List.of(), false, deadline), deadline)) {
            if (deadline.hasPassed()) {
                throw new JournalFault(
                        "the time was up before all entries were carried out (R45)", null, Kind.NOTHING_WRITTEN);
            }
        }
    }

    private boolean take(Tail tail, Deadline deadline) throws JournalFault {
        try {
            boolean complete = replica.take(tail);
            crossOutIdle(deadline);
            return complete;
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new JournalFault("an entry cannot be read; is this node older than others?", e, Kind.NOTHING_WRITTEN);
        }
    }

    private void crossOutIdle(Deadline deadline) {
        try {
            clearing.crossOutIdle(replica, deadline);
        } catch (JournalFault e) {
            LOG.debug("entries that changed nothing are crossed out another time", e);
        }
    }

    /** Crosses out what nothing follows from any more, as far as there is time; the next removal goes on. */
    void clear(Deadline deadline) {
        try {
            clearing.clear(replica, deadline);
        } catch (JournalFault e) {
            LOG.warn("the journal of the books is not wholly looked through for what can be crossed out", e);
        }
    }
}
