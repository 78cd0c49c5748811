package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.redis.books.Journal;
import io.quotaguard.redis.books.JournalFault;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The books of a Redis that has no store behind it: one stream beside the first shard. Thread-safe.
 *
 * <p>The books have a name, a new one whenever they are begun. Who has opened some never goes on with others: a Redis that
 * was emptied would give everybody his whole quota again (F1).
 */
final class RedisJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(RedisJournal.class);
    private static final int PAGE = 2_000;
    private static final byte[] ANY_NUMBER = Ascii.of(0);

    private final RedisLink link;
    private final Script write;
    private final Script crossOut;
    private final Shards shards;
    private final LearnedClock clock;
    private final long most;
    private final String name;

    /**
     * What the host says about the books.
     *
     * @param beginIfEmpty whether to begin books when there are none
     * @param most how many entries are kept at most
     */
    record Settings(boolean beginIfEmpty, long most) {
        static final Settings DEFAULT = new Settings(false, 1_000_000);
    }

    private RedisJournal(RedisLink link, Scripts scripts, Shards shards, LearnedClock clock, long most, String name) {
        this.link = link;
        this.write = scripts.writeBooks;
        this.crossOut = scripts.crossOut;
        this.shards = shards;
        this.clock = clock;
        this.most = most;
        this.name = name;
    }

    /**
     * Opens the books.
     *
     * @throws InvalidQuotaArgumentException when there are none, and none are to be begun
     */
    static RedisJournal open(
            RedisLink link, Scripts scripts, Shards shards, LearnedClock clock, Settings settings, Deadline deadline)
            throws RedisFault {
        byte[] fresh = Ascii.of(UUID.randomUUID().toString());
        byte[] found = RedisLink.await(
                link.<byte[]>run(
                        scripts.openBooks,
                        ScriptOutputType.VALUE,
                        new String[] {shards.booksKey()},
                        fresh,
                        Ascii.of(settings.beginIfEmpty())),
                deadline);
        String name = Ascii.text(found);
        if (name.isEmpty()) {
            throw InvalidQuotaArgumentException.of(
                    "F1",
                    "Redis without books, key",
                    shards.booksKey(),
                    "is missing: its plans, counters and ledger are gone, or were never there. Restore its file, or say"
                            + " beginIfEmpty() for the first start, and to give everybody a fresh quota");
        } else if (name.equals(Ascii.text(fresh))) {
            LOG.warn(
                    "Redis had no books at {}: new ones are begun, without plans and with nothing used (F1)",
                    shards.booksKey());
        }
        return new RedisJournal(link, scripts, shards, clock, settings.most(), name);
    }

    @Override
    public Tail write(long after, List<byte[]> entries, boolean bound, Deadline deadline) throws JournalFault {
        List<byte[]> arguments = new ArrayList<>(
                List.of(Ascii.of(name), Ascii.of(after), Ascii.of(PAGE), bound ? Ascii.of(most) : ANY_NUMBER));
        arguments.addAll(entries);
        Instant sent = clock.sending();
        List<?> answer;
        try {
            answer = RedisLink.await(
                    link.<List<?>>run(write, ScriptOutputType.MULTI, keys(), arguments.toArray(byte[][]::new)),
                    deadline);
        } catch (RedisFault e) {
            link.lookAround(e);
            throw fault(e, !entries.isEmpty());
        }
        return switch (Ascii.text(answer.get(0))) {
            case "GONE" ->
                throw new JournalFault(
                        "the books that were opened are not in Redis any more (F1): restore its file; or, to give everybody a"
                                + " fresh quota, start all nodes anew with beginIfEmpty()",
                        null,
                        JournalFault.Kind.NOTHING_WRITTEN);
            case "FULL" ->
                throw new JournalFault(
                        "they hold " + most
                                + " entries already (H5): have maintenance run, keep less, or raise maxEntries",
                        null,
                        JournalFault.Kind.FULL);
            default -> tail(after, answer, entries, sent);
        };
    }

    /** What was written comes after all that was there before it, as soon as that is read. */
    private Tail tail(long after, List<?> answer, List<byte[]> written, Instant sent) {
        Instant now = Micros.instant(Ascii.number(answer.get(2)));
        clock.observe(sent, now);
        long last = Ascii.number(answer.get(3));
        List<Entry> entries = new ArrayList<>();
        for (Object each : (List<?>) answer.get(4)) {
            entries.add(entry((List<?>) each));
        }
        boolean whole = entries.size() < PAGE;
        if (whole) {
            long number = last - written.size();
            for (byte[] bytes : written) {
                number++;
                entries.add(new Entry(number, now, bytes));
            }
        }
        return new Tail(Ascii.text(answer.get(1)), after, now, last, entries, whole);
    }

    /** A stream's entry: its id, and then names and values in turns. */
    private static Entry entry(List<?> entry) {
        String id = Ascii.text(entry.get(0));
        List<?> body = (List<?>) entry.get(1);
        Instant at = Micros.instant(Ascii.number(body.get(3)));
        return new Entry(Long.parseLong(id.substring(0, id.indexOf('-'))), at, (byte[]) body.get(1));
    }

    @Override
    public void crossOut(String history, List<Long> numbers, Deadline deadline) throws JournalFault {
        if (numbers.isEmpty()) {
            return;
        }
        List<byte[]> arguments = new ArrayList<>(List.of(Ascii.of(name), Ascii.of(history)));
        numbers.forEach(number -> arguments.add(Ascii.of(number + "-0")));
        try {
            RedisLink.await(
                    link.<Long>run(crossOut, ScriptOutputType.INTEGER, keys(), arguments.toArray(byte[][]::new)),
                    deadline);
        } catch (RedisFault e) {
            throw fault(e, true);
        }
    }

    private String[] keys() {
        return new String[] {shards.booksKey(), shards.journalKey()};
    }

    private static JournalFault fault(RedisFault fault, boolean writes) {
        return new JournalFault(
                String.valueOf(fault.getMessage()),
                fault,
                writes && fault.carriedOutPerhaps()
                        ? JournalFault.Kind.WRITTEN_PERHAPS
                        : JournalFault.Kind.NOTHING_WRITTEN);
    }
}
