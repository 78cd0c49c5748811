package io.quotaguard.redis.books;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Window;
import io.quotaguard.redis.books.Journal.Entry;
import io.quotaguard.redis.books.Journal.Tail;
import io.quotaguard.redis.books.JournalFault.Kind;
import io.quotaguard.spi.AlertStore.Which;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Crosses out entries of the journal from which nothing follows any more, so that it grows with what is kept, not with what
 * ever happened. Whoever carries out the rest comes to the same books. Thread-safe.
 *
 * <p>An entry goes when it changed nothing; a command, when all counters that it touched are gone; what was done with alerts,
 * when the alerts are. The catalog's changes stay, and so does what removed something: it removes once more what an entry
 * brings back that is of a window that is gone and of one that is kept.
 */
final class Clearing {
    private static final int MANY = 64;
    private static final int MOST_AT_ONCE = 1_000;

    private final Journal journal;
    /** Entries that changed nothing. */
    private final Set<Long> idle = ConcurrentHashMap.newKeySet();

    private final ReentrantLock turn = new ReentrantLock();

    Clearing(Journal journal) {
        this.journal = journal;
    }

    /** Whose counter of which window. */
    private record Touched(String subject, String feature, Window window) {
        static Touched of(Line line) {
            return new Touched(line.subject(), line.feature(), line.terms().window());
        }
    }

    /** Hears what an entry came to. */
    void learn(Entry entry, Result result) {
        if (result.changedNothing()) {
            idle.add(entry.number());
        } else {
            // The number may have stood for something else, which Redis has lost.
            idle.remove(entry.number());
        }
    }

    /** Crosses out what changed nothing, when there is much of it: refusals are as many as somebody asks for. */
    void crossOutIdle(Replica replica, Deadline deadline) throws JournalFault {
        if (idle.size() >= MANY && turn.tryLock()) {
            try {
                String history = replica.history();
                // What is beyond stood for something that Redis has lost, and may be given to something else at any
                // time.
                long end = replica.end();
                idle.removeIf(number -> number > end);
                List<Long> some = List.copyOf(idle);
                journal.crossOut(history, some, deadline);
                if (history.equals(replica.history())) {
                    some.forEach(idle::remove);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    /** Looks through the journal; nothing happens while another thread does. */
    void clear(Replica replica, Deadline deadline) throws JournalFault {
        if (turn.tryLock()) {
            try {
                crossOut(replica, deadline);
            } finally {
                turn.unlock();
            }
        }
    }

    /** The journal is read once, and again only if something needs what is gone. */
    private void crossOut(Replica replica, Deadline deadline) throws JournalFault {
        String history = replica.history();
        List<Command> dependent = new ArrayList<>();
        List<Long> gone = new ArrayList<>();
        Reading first = page -> {
            page.forEach(entry -> addIfDependent(entry, dependent));
            gone.addAll(gone(page, Set.of(), replica));
        };
        eachPage(first, history, deadline);
        Set<Touched> needed = needed(dependent, replica);
        if (needed.isEmpty()) {
            for (int from = 0; from < gone.size(); from += MOST_AT_ONCE) {
                crossOut(gone.subList(from, Math.min(gone.size(), from + MOST_AT_ONCE)), history, deadline);
            }
            return;
        }
        eachPage(page -> crossOut(gone(page, needed, replica), history, deadline), history, deadline);
    }

    private void crossOut(List<Long> numbers, String history, Deadline deadline) throws JournalFault {
        journal.crossOut(history, numbers, deadline);
        numbers.forEach(idle::remove);
    }

    /** Does something with a page of entries. */
    private interface Reading {
        void look(List<Entry> page) throws JournalFault;
    }

    private void eachPage(Reading reading, String history, Deadline deadline) throws JournalFault {
        long after = 0;
        Tail tail;
        do {
            tail = journal.write(after, List.of(), false, deadline);
            if (!tail.history().equals(history)) {
                throw new JournalFault("Redis has begun another history of writes", null, Kind.NOTHING_WRITTEN);
            }
            reading.look(tail.entries());
            after = tail.end();
        } while (!tail.whole());
    }

    /** A use of what is left, and a reset, come to something else when not all is there that came before. */
    private void addIfDependent(Entry entry, List<Command> dependent) {
        Command command = commandOf(entry);
        if (command != null
                && (command.operation() == Operation.UP_TO || command.operation() == Operation.RESET)
                && !idle.contains(entry.number())) {
            dependent.add(command);
        }
    }

    /** Returns what is needed although its window is gone: what such a command touched that is kept. */
    private static Set<Touched> needed(List<Command> dependent, Replica replica) {
        Set<Touched> needed = new HashSet<>();
        int before;
        do {
            before = needed.size();
            for (Command command : dependent) {
                if (isKept(command, needed, replica)) {
                    command.lines().forEach(line -> needed.add(Touched.of(line)));
                }
            }
        } while (needed.size() > before);
        return needed;
    }

    private List<Long> gone(List<Entry> page, Set<Touched> needed, Replica replica) {
        List<Long> gone = new ArrayList<>();
        for (Entry entry : page) {
            if (entry.number() <= replica.end() && !isKept(entry, needed, replica)) {
                gone.add(entry.number());
            }
        }
        return gone;
    }

    private boolean isKept(Entry entry, Set<Touched> needed, Replica replica) {
        if (idle.contains(entry.number())) {
            return false;
        }
        Deed<?> deed = deedOf(entry);
        Command command = commandOf(deed);
        if (command != null) {
            return isKept(command, needed, replica);
        } else if (deed instanceof Deed.Claim) {
            return firstUnsent(replica) <= entry.number();
        } else if (deed instanceof Deed.MarkSent sent) {
            return isAny(sent.ids(), replica);
        } else if (deed instanceof Deed.MarkRead read) {
            return isAny(read.ids(), replica);
        } else if (deed instanceof Deed.PutOff off) {
            return isAny(off.ids(), replica);
        } else if (deed instanceof Deed.Fail fail) {
            return isAny(List.of(fail.id()), replica);
        } else if (deed instanceof Deed.Retry retry) {
            return isAny(retry.ids(), replica);
        }
        return true;
    }

    /** Units of grants are taken for good: a use of some is needed for as long as there is a catalog. */
    private static boolean isKept(Command command, Set<Touched> needed, Replica replica) {
        for (Line line : command.lines()) {
            if (line.terms().granted()
                    || needed.contains(Touched.of(line))
                    || replica.read(books -> books.keeps(
                            line.subject(), line.feature(), line.terms().window()))) {
                return true;
            }
        }
        return false;
    }

    /** Returns the number of the entry by which the first of the unsent alerts fired: no claim before it matters. */
    private static long firstUnsent(Replica replica) {
        List<Alert> unsent = replica.read(
                books -> books.alerts().list(Optional.empty(), Which.UNSENT, 0, 1, Deadline.after(Deadline.MAX)));
        return unsent.isEmpty() ? Long.MAX_VALUE : unsent.get(0).id() / Replica.NUMBERS;
    }

    private static boolean isAny(Collection<Long> ids, Replica replica) {
        for (long id : ids) {
            List<Alert> from = replica.read(
                    books -> books.alerts().list(Optional.empty(), Which.ALL, id - 1, 1, Deadline.after(Deadline.MAX)));
            if (!from.isEmpty() && from.get(0).id() == id) {
                return true;
            }
        }
        return false;
    }

    private static Deed<?> deedOf(Entry entry) {
        return RecordBytes.read(Signed.class, entry.bytes()).deed();
    }

    private static @Nullable Command commandOf(Entry entry) {
        return commandOf(deedOf(entry));
    }

    private static @Nullable Command commandOf(Deed<?> deed) {
        if (deed instanceof Deed.Execute execute) {
            return execute.command();
        }
        return deed instanceof Deed.Post post ? post.decided().command() : null;
    }
}
