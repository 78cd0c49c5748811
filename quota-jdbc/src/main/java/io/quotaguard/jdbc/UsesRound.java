package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Units;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Uses of one counter each, grouped by counter, for {@code quota_uses}. Used by one thread. */
final class UsesRound implements Round {
    private final BatchLayout batch;
    private final UseSums sums;
    private final SharedTerms terms;

    private UsesRound(BatchLayout batch, UseSums sums, SharedTerms terms) {
        this.batch = batch;
        this.sums = sums;
        this.terms = terms;
    }

    /**
     * Returns the round of commands each of which is no more than the use of one counter; null when they are more when
     * taken together: two of them have one key, or two uses of one counter different terms; or when one is more than any
     * counter can hold (R6).
     */
    static @Nullable UsesRound of(List<Command> commands) {
        BatchLayout batch = new BatchLayout(commands);
        Terms[] own = new Terms[batch.counters().size()];
        for (int i = 0; i < batch.entries().size(); i++) {
            Entry entry = batch.entries().get(i);
            Line line = entry.line();
            int counter = batch.place(line) - 1;
            Terms others = own[counter];
            own[counter] = line.terms();
            if (entry.twin() != i + 1
                    || (others != null && !others.equals(line.terms()))
                    || (line.terms().ceiling().isUnlimited() && line.amount() > Units.MAX)) {
                return null;
            }
        }
        return new UsesRound(batch, UseSums.of(batch), SharedTerms.of(batch.counters(), own));
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
        arguments.number(lockTimeoutMillis);
        bindTerms(arguments);
        bindVersions(arguments);
        arguments.texts(batch.counters(), CounterKey::subject);
        arguments.array("int4", terms.places());
        arguments.array("int8", terms.subjectRevisions());
        arguments.array("int8", sums.totals());
        arguments.array("int8", sums.least());
        List<Entry> entries = batch.entries();
        arguments.ints(entries, entry -> batch.place(entry.line()));
        arguments.longs(entries, entry -> entry.line().amount());
        arguments.array("int8", sums.behind());
        arguments.texts(entries, entry -> entry.command().key());
        arguments.uuids(entries, Entry::identity);
        arguments.longs(entries, entry -> entry.command().fingerprint().value());
        if (entries.stream().allMatch(entry -> entry.command().metadata().isEmpty())) {
            arguments.nothing(1);
        } else {
            arguments.texts(entries, entry -> ChargeRound.metadata(entry.command()));
        }
    }

    private void bindTerms(Arguments arguments) throws SQLException {
        arguments.texts(terms.distinct(), SharedTerms.OfFeature::feature);
        arguments.instants(
                terms.distinct(), each -> Times.text(each.terms().window().start()));
        arguments.instants(
                terms.distinct(), each -> Times.endText(each.terms().window().end()));
        numbers(arguments, each -> each.limit().units());
        numbers(arguments, each -> each.ceiling().units());
        numbers(arguments, each -> most(each.ceiling()));
        numbers(arguments, AlertLevels::first);
        numbers(arguments, each -> Math.min(most(each.ceiling()), AlertLevels.first(each) - 1));
        texts(arguments, each -> Arguments.thresholds(each.thresholds()));
        texts(arguments, each -> each.source().kind().name());
        texts(arguments, each -> each.source().plan());
        numbers(arguments, each -> each.source().planVersion());
        arguments.instants(
                terms.distinct(), each -> Times.beginningText(each.terms().validFrom()));
        arguments.instants(terms.distinct(), each -> Times.endText(each.terms().validUntil()));
        texts(arguments, each -> each.version().planCode());
        numbers(arguments, each -> each.version().plan());
        numbers(arguments, each -> each.version().defaultPlan());
    }

    /** What is verified is sent once for all terms, most of which are of one plan. */
    private void bindVersions(Arguments arguments) throws SQLException {
        List<Map.Entry<String, Long>> plans = List.copyOf(terms.plans().entrySet());
        arguments.texts(plans, Map.Entry::getKey);
        arguments.longs(plans, Map.Entry::getValue);
        arguments.instant(Times.text(terms.from()));
        arguments.instant(Times.endText(terms.until()));
        arguments.number(terms.defaultPlan());
    }

    /** Returns how many units a window admits at the most, whatever is bought (R6). */
    static long most(Limit ceiling) {
        return ceiling.isUnlimited() ? Units.MAX : ceiling.units();
    }

    private void numbers(Arguments arguments, ToLongFunction<Terms> number) throws SQLException {
        arguments.longs(terms.distinct(), each -> number.applyAsLong(each.terms()));
    }

    private void texts(Arguments arguments, Function<Terms, @Nullable String> text) throws SQLException {
        arguments.texts(terms.distinct(), each -> text.apply(each.terms()));
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, sums, rows);
    }
}
