package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Units;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Uses of one counter each, grouped by counter, for {@code quota_uses}. Used by one thread. */
final class UsesRound implements Round {
    /** Larger than any limit, and small enough that the server can add what is used to it. */
    private static final long BEYOND_ALL = 1L << 62;

    private final BatchLayout batch;
    private final Map<CounterKey, Terms> terms;

    /** A plan as the uses know it. */
    private record PlanVersion(@Nullable String code, long version) {}

    private UsesRound(BatchLayout batch, Map<CounterKey, Terms> terms) {
        this.batch = batch;
        this.terms = terms;
    }

    /**
     * Returns the round of commands each of which is no more than the use of one counter; null when they are more when
     * taken together: two of them have one key, or two uses of one counter different terms.
     */
    static @Nullable UsesRound of(List<Command> commands) {
        BatchLayout batch = new BatchLayout(commands);
        Map<CounterKey, Terms> terms = new HashMap<>();
        for (int i = 0; i < batch.entries().size(); i++) {
            Entry entry = batch.entries().get(i);
            Terms own = entry.line().terms();
            Terms others = terms.putIfAbsent(CounterKey.of(entry.line()), own);
            if (entry.twin() != i + 1 || (others != null && !others.equals(own))) {
                return null;
            }
        }
        return new UsesRound(batch, terms);
    }

    @Override
    public List<Command> commands() {
        return batch.commands();
    }

    @Override
    public SchemaFunction function() {
        return SchemaFunction.USES;
    }

    @Override
    public void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException {
        long[] total = new long[batch.counters().size()];
        long[] sofar = sums(total);
        arguments.number(lockTimeoutMillis);
        bindCounters(arguments, total);
        List<Entry> entries = batch.entries();
        arguments.ints(entries, entry -> batch.place(entry.line()));
        arguments.longs(entries, entry -> entry.line().amount());
        arguments.array("int8", sofar);
        arguments.texts(entries, entry -> entry.command().key());
        arguments.uuids(entries, Entry::identity);
        arguments.longs(entries, entry -> entry.command().fingerprint().value());
        arguments.texts(entries, entry -> ChargeRound.metadata(entry.command()));
    }

    /** Adds up what the uses of each counter ask for, or as much as fits into no limit whatever (R6). */
    private long[] sums(long[] total) {
        List<Entry> entries = batch.entries();
        long[] sofar = new long[entries.size()];
        for (int i = 0; i < sofar.length; i++) {
            int counter = batch.place(entries.get(i).line()) - 1;
            total[counter] =
                    Math.min(BEYOND_ALL, total[counter] + entries.get(i).line().amount());
            sofar[i] = total[counter];
        }
        return sofar;
    }

    private void bindCounters(Arguments arguments, long[] total) throws SQLException {
        List<CounterKey> counters = batch.counters();
        arguments.texts(counters, CounterKey::subject);
        arguments.texts(counters, CounterKey::feature);
        arguments.instants(counters, counter -> Times.text(counter.start()));
        arguments.instants(counters, counter -> Times.endText(counter.end()));
        arguments.array("int8", total);
        numbers(arguments, own -> own.limit().units());
        numbers(arguments, own -> own.ceiling().units());
        numbers(arguments, own -> most(own.ceiling()));
        numbers(arguments, AlertLevels::first);
        texts(arguments, own -> Arguments.thresholds(own.thresholds()));
        texts(arguments, own -> own.source().kind().name());
        texts(arguments, own -> own.source().plan());
        numbers(arguments, own -> own.source().planVersion());
        arguments.instants(counters, counter -> Times.beginningText(own(counter).validFrom()));
        arguments.instants(counters, counter -> Times.endText(own(counter).validUntil()));
        numbers(arguments, own -> own.version().subject());
        texts(arguments, own -> own.version().planCode());
        numbers(arguments, own -> own.version().plan());
        numbers(arguments, own -> own.version().defaultPlan());
        bindPlans(arguments);
    }

    /** Most uses are of a few plans, each of which is verified once. */
    private void bindPlans(Arguments arguments) throws SQLException {
        List<PlanVersion> plans = terms.values().stream()
                .filter(own -> own.version().planCode() != null)
                .map(own ->
                        new PlanVersion(own.version().planCode(), own.version().plan()))
                .distinct()
                .toList();
        arguments.texts(plans, PlanVersion::code);
        arguments.longs(plans, PlanVersion::version);
    }

    /** Returns how many units a window admits at the most, whatever is bought (R6). */
    static long most(Limit ceiling) {
        return ceiling.isUnlimited() ? Units.MAX : ceiling.units();
    }

    private void numbers(Arguments arguments, ToLongFunction<Terms> number) throws SQLException {
        arguments.longs(batch.counters(), counter -> number.applyAsLong(own(counter)));
    }

    private void texts(Arguments arguments, Function<Terms, @Nullable String> text) throws SQLException {
        arguments.texts(batch.counters(), counter -> text.apply(own(counter)));
    }

    private Terms own(CounterKey counter) {
        Terms own = terms.get(counter);
        if (own == null) {
            throw new IllegalStateException("every counter has terms");
        }
        return own;
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, rows);
    }
}
