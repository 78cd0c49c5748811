package io.quotaguard.redis.books;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaCapacityException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.redis.books.JournalFault.Kind;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.spi.BackingStore;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.LedgerStore;
import io.quotaguard.spi.MaintenanceStore;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.StoreCapabilities;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store whose books are a journal that all nodes share. A deed is written at the journal's end in one step, and carried out
 * by every node when it comes to it: so all decide alike, by the rules of the memory store, and none has to lock anything.
 * Thread-safe.
 *
 * <p>A read first carries out what was written before it.
 */
public final class Books implements BackingStore {
    /** The name in messages: to a host, books and scripts are one store. */
    static final String NAME = "redis";

    private static final StoreCapabilities CAPABILITIES = new StoreCapabilities(true, true, true, false);

    private final Scribe scribe;
    private final LearnedClock clock;

    /**
     * Opens the books that a journal tells of.
     *
     * @param journal where the books are written down
     * @param clock learns the time of Redis
     */
    public Books(Journal journal, LearnedClock clock) {
        this.scribe = new Scribe(journal);
        this.clock = clock;
    }

    /**
     * Carries out all that the journal holds, so that the first call need not.
     *
     * @throws QuotaUnavailableException when it cannot be done before the deadline
     */
    public void open(Deadline deadline) {
        read(books -> true, deadline);
    }

    Journal journal() {
        return scribe.journal();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Outcome> execute(List<Command> commands, Deadline deadline) {
        if (commands.stream().allMatch(command -> command.operation() == Operation.CHECK)) {
            return checked(commands, deadline);
        }
        return outcomes(commands.stream().map(Deed.Execute::new).toList(), commands, deadline);
    }

    private List<Outcome> checked(List<Command> commands, Deadline deadline) {
        try {
            return read(books -> books.execute(commands, deadline), deadline);
        } catch (QuotaException e) {
            return commands.stream()
                    .<Outcome>map(each -> new Outcome.Unavailable(e, false))
                    .toList();
        }
    }

    @Override
    public List<Outcome> post(List<Decided> decided, Deadline deadline) {
        return outcomes(
                decided.stream().map(Deed.Post::new).toList(),
                decided.stream().map(Decided::command).toList(),
                deadline);
    }

    private List<Outcome> outcomes(List<? extends Deed<Outcome>> deeds, List<Command> commands, Deadline deadline) {
        List<Result> came;
        try {
            came = scribe.write(deeds, true, deadline);
        } catch (JournalFault e) {
            return commands.stream().map(command -> lost(e, command)).toList();
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Result result : came) {
            outcomes.add((Outcome) value(result));
        }
        return List.copyOf(outcomes);
    }

    private static Outcome lost(JournalFault fault, Command command) {
        return fault.kind() == Kind.WRITTEN_PERHAPS
                ? new Outcome.Unknown(fault)
                : new Outcome.Unavailable(unavailable(fault, command.key()), false);
    }

    @Override
    public boolean remembers(Command command, Deadline deadline) {
        return read(books -> books.remembers(command, deadline), deadline);
    }

    /**
     * Carries out what was written before this call, and reads.
     *
     * @throws QuotaException when it cannot be done before the deadline
     */
    <T> T read(Function<InMemoryQuotaStore, T> reading, Deadline deadline) {
        try {
            scribe.catchUp(deadline);
        } catch (JournalFault e) {
            throw unavailable(e, null);
        }
        return scribe.replica().read(reading);
    }

    /**
     * Writes a deed down and returns what it comes to.
     *
     * @param key the request key, or null
     * @throws QuotaException what the deed throws, or that it could not be written down before the deadline
     */
    @SuppressWarnings("unchecked")
    <R> R write(Deed<R> deed, @Nullable String key, Deadline deadline) {
        Result result;
        try {
            result = scribe.write(List.of(deed), false, deadline).get(0);
        } catch (JournalFault e) {
            throw e.kind() == Kind.WRITTEN_PERHAPS ? unknown(e, key) : unavailable(e, key);
        }
        return (R) value(result);
    }

    private static Object value(Result result) {
        RuntimeException failure = result.failure();
        if (failure != null) {
            throw failure;
        }
        return Objects.requireNonNull(result.value());
    }

    /** Crosses out what nothing follows from any more, as far as there is time; the next removal goes on. */
    void clear(Deadline deadline) {
        scribe.clear(deadline);
    }

    private static QuotaException unavailable(JournalFault fault, @Nullable String key) {
        String message = "store " + NAME + " could not reach its books, and recorded nothing: " + fault.getMessage();
        return fault.kind() == Kind.FULL
                ? new QuotaCapacityException(message, key, NAME)
                : new QuotaUnavailableException(message, fault, key, NAME);
    }

    private static OutcomeUnknownException unknown(JournalFault fault, @Nullable String key) {
        return new OutcomeUnknownException(
                "the reply of store " + NAME
                        + " was lost, so the change may or may not have been made: read the present state, or repeat the"
                        + " change with its request key (R12)",
                fault,
                key == null ? "none" : key,
                NAME);
    }

    @Override
    public CatalogStore catalog() {
        return new BooksCatalog(this);
    }

    @Override
    public LedgerStore ledger() {
        return new BooksLedger(this);
    }

    @Override
    public AlertStore alerts() {
        return new BooksAlerts(this);
    }

    @Override
    public MaintenanceStore maintenance() {
        return new BooksMaintenance(this);
    }

    /** Does nothing: the connection belongs to whoever opened the books. */
    @Override
    public void close() {}
}
